package dev.darkroom.picture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/** Reads a part of a file, and closes it. */
final class PartOfFile extends InputStream {
  private final FileChannel content;
  private final InputStream body;
  private long left;

  PartOfFile(FileChannel content, Part part) throws IOException {
    this.content = content.position(part.from());
    this.body = Channels.newInputStream(content);
    this.left = part.bytes();
  }

  @Override
  public int read() throws IOException {
    if (left == 0) {
      return -1;
    }
    int read = body.read();
    left -= read < 0 ? 0 : 1;
    return read;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0 && length > 0) {
      return -1;
    }
    int read = body.read(buffer, offset, (int) Math.min(length, left));
    left -= Math.max(read, 0);
    return read;
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
