package dev.darkroom.picture;

/**
 * Bytes of a picture that follow each other.
 *
 * @param from of the first; 0 is the picture's first
 * @param bytes their number, at least 1
 */
public record Part(long from, long bytes) {
  public Part {
    if (from < 0 || bytes < 1) {
      throw new IllegalArgumentException("no part: %d bytes from %d".formatted(bytes, from));
    }
  }

  public static Part whole(StoredPicture picture) {
    return new Part(0, picture.bytes());
  }

  boolean isWhole(StoredPicture picture) {
    return from == 0 && bytes == picture.bytes();
  }
}
