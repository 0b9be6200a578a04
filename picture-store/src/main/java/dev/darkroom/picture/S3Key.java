package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How pictures are called in S3: {@code <prefix><request
 * id>/<SHA-256>-<bytes>-<width>x<height>.<format>}. The key says all there is to know of a picture,
 * so that a list is enough; an object of another length than its key says is none. And as other
 * bytes have another key, nothing that somebody relies on is ever written over.
 */
final class S3Key {
  private static final Pattern BELOW_PREFIX =
      Pattern.compile(
          "([0-9a-f-]{36})/([0-9a-f]{64})-([1-9]\\d{0,9})-([1-9]\\d{0,8})x([1-9]\\d{0,8})\\.(\\w+)");

  private final String prefix;

  S3Key(String prefix) {
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

  /** What the keys of all pictures of a request begin with. */
  String all(RequestId id) {
    return prefix + id + "/";
  }

  /** Empty if it is not ours, or not whole. */
  Optional<StoredPicture> read(S3Bucket.Listed object) {
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
