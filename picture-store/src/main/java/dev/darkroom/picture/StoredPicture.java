package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.util.regex.Pattern;

/**
 * A durably stored picture; it never changes.
 *
 * @param sha256 of its bytes, 64 lower-case hex digits; also its strong ETag
 * @param bytes its length
 * @param width in pixels
 * @param height in pixels
 */
public record StoredPicture(
    RequestId id, String sha256, long bytes, PictureFormat format, int width, int height) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public StoredPicture {
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("not a SHA-256: " + sha256);
    }
    if (bytes < 1 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "a picture is not empty: %d bytes, %d x %d".formatted(bytes, width, height));
    }
  }

  /** Its path at the gateway. */
  public String url() {
    return "/generated/" + id + "." + format.extension();
  }
}
