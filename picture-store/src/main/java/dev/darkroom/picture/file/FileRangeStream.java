package dev.darkroom.picture.file;

import dev.darkroom.picture.ByteRange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/** Reads a range of a file, and closes the file. */
final class FileRangeStream extends FilterInputStream {
  private long left;

  FileRangeStream(FileChannel content, ByteRange range) throws IOException {
    super(Channels.newInputStream(content.position(range.from())));
    this.left = range.length();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0 && length > 0) {
      return -1;
    }
    int read = in.read(buffer, offset, (int) Math.min(length, left));
    left -= Math.max(read, 0);
    return read;
  }
}
