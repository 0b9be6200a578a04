package dev.darkroom.picture;

/** The formats Nebius can be asked for. */
public enum PictureFormat {
  WEBP("webp", "image/webp"),
  PNG("png", "image/png"),
  JPEG("jpg", "image/jpeg");

  private final String extension;
  private final String contentType;

  PictureFormat(String extension, String contentType) {
    this.extension = extension;
    this.contentType = contentType;
  }

  /** Of a file's name, without the dot. */
  public String extension() {
    return extension;
  }

  /** The media type as IANA registers it. */
  public String contentType() {
    return contentType;
  }
}
