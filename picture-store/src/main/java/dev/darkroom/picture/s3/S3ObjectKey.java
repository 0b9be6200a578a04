package dev.darkroom.picture.s3;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.StoredPicture;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Object keys: {@code <prefix><request id>/<SHA-256>-<bytes>-<width>x<height>.<format>}. A key
 * describes its picture completely, so listing keys is enough; an object whose length differs from
 * its key is ignored. Other bytes have another key, so no picture is ever overwritten.
 */
final class S3ObjectKey {
  private static final Pattern BELOW_PREFIX =
      Pattern.compile(
          "([0-9a-f-]{36})/([0-9a-f]{64})-([1-9]\\d{0,9})-([1-9]\\d{0,8})x([1-9]\\d{0,8})\\.(\\w+)");

  private final String prefix;

  S3ObjectKey(String prefix) {
    this.prefix = prefix;
  }

  String of(StoredPicture picture) {
    return "%s%s-%d-%dx%d.%s"
        .formatted(
            all(picture.id()),
            picture.sha256(),
            picture.bytes(),
            picture.width(),
            picture.height(),
            picture.format().extension());
  }

  /** The common prefix of all pictures of a request. */
  String all(RequestId id) {
    return prefix + id + "/";
  }

  /** Empty if it is not a picture's key, or the object is not whole. */
  Optional<StoredPicture> parse(S3Bucket.StoredObject object) {
    String key = object.key();
    Matcher parts =
        BELOW_PREFIX.matcher(key.startsWith(prefix) ? key.substring(prefix.length()) : "");
    if (!parts.matches() || Long.parseLong(parts.group(3)) != object.bytes()) {
      return Optional.empty();
    }
    return RequestId.parse(parts.group(1))
        .flatMap(id ->
            format(parts.group(6))
                .map(format ->
                    new StoredPicture(
                        id,
                        parts.group(2),
                        object.bytes(),
                        format,
                        Integer.parseInt(parts.group(4)),
                        Integer.parseInt(parts.group(5)))));
  }

  private static Optional<PictureFormat> format(String extension) {
    return Arrays.stream(PictureFormat.values())
        .filter(format -> format.extension().equals(extension))
        .findFirst();
  }
}
