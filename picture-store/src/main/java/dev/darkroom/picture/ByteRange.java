package dev.darkroom.picture;

/**
 * Consecutive bytes of a picture.
 *
 * @param from offset of the first byte
 * @param length at least 1
 */
public record ByteRange(long from, long length) {
  public ByteRange {
    if (from < 0 || length < 1) {
      throw new IllegalArgumentException("not a range: %d bytes from %d".formatted(length, from));
    }
  }

  public static ByteRange all(StoredPicture picture) {
    return new ByteRange(0, picture.bytes());
  }

  /** The offset of the last byte. */
  public long last() {
    return from + length - 1;
  }
}
