package dev.darkroom.picture.file;

import dev.darkroom.picture.PictureTooLarge;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts and hashes what is written, and enforces the size limit. */
final class UploadStream extends OutputStream {
  private final OutputStream target;
  private final String place;
  private final long maxBytes;
  private final MessageDigest digest = sha256Digest();
  private long bytes;
  private boolean tooLarge;

  /**
   * @param place named in errors: "No space left on device" alone does not say where
   */
  UploadStream(OutputStream target, String place, long maxBytes) {
    this.target = target;
    this.place = place;
    this.maxBytes = maxBytes;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    if (tooLarge || length > maxBytes - bytes) {
      tooLarge = true;
      throw new PictureTooLarge(maxBytes);
    }
    try {
      target.write(buffer, offset, length);
    } catch (IOException e) {
      throw writeFailed(e);
    }
    digest.update(buffer, offset, length);
    bytes += length;
  }

  @Override
  public void flush() throws IOException {
    try {
      target.flush();
    } catch (IOException e) {
      throw writeFailed(e);
    }
  }

  @Override
  public void close() throws IOException {
    flush();
  }

  boolean tooLarge() {
    return tooLarge;
  }

  /** Completes the hash; call it once. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Every Java platform has it. */
  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private IOException writeFailed(IOException e) {
    return new IOException("could not write to %s: %s".formatted(place, e.getMessage()), e);
  }
}
