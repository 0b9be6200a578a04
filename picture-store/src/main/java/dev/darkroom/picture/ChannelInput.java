package dev.darkroom.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.imageio.stream.ImageInputStreamImpl;

/** What ImageIO reads from a file that stays open: the JDK has such a stream for files it opens. */
final class ChannelInput extends ImageInputStreamImpl {
  private final FileChannel content;

  ChannelInput(FileChannel content) {
    this.content = content;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    int read = content.read(ByteBuffer.wrap(buffer, offset, length), streamPos);
    if (read > 0) {
      streamPos += read;
    }
    return read;
  }

  @Override
  public long length() {
    try {
      return content.size();
    } catch (IOException e) {
      return -1;
    }
  }
}
