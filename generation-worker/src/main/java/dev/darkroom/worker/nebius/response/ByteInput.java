package dev.darkroom.worker.nebius.response;

import java.io.IOException;
import java.io.InputStream;

/** A stream of single bytes; what is below it has a buffer. Closing it does nothing. */
final class ByteInput extends InputStream {
  private final ByteSource source;

  /** Reads a byte; -1 at the end. */
  @FunctionalInterface
  interface ByteSource {
    int read() throws IOException;
  }

  ByteInput(ByteSource source) {
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    return source.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      var next = source.read();
      if (next < 0) {
        return i == 0 ? -1 : i;
      }
      bytes[offset + i] = (byte) next;
    }
    return length;
  }
}
