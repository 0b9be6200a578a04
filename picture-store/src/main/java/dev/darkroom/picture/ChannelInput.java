package dev.darkroom.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * What ImageIO reads from a file that stays open: the JDK has such a stream for files it opens.
 * Readers ask for a header byte by byte; here the file is asked once for all of them.
 */
final class ChannelInput extends ImageInputStreamImpl {
  private static final int BLOCK = 1024;

  private final FileChannel content;
  private final ByteBuffer block = ByteBuffer.allocate(BLOCK).limit(0);

  /** Where in the file the block begins. */
  private long start;

  ChannelInput(FileChannel content) {
    this.content = content;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    return isInBlock() ? block.get((int) (streamPos++ - start)) & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (!isInBlock()) {
      return -1;
    }
    var from = (int) (streamPos - start);
    var read = Math.min(length, block.limit() - from);
    block.get(from, buffer, offset, read);
    streamPos += read;
    return read;
  }

  /** Reads the block there, if it is another one; false at the end of the file. */
  private boolean isInBlock() throws IOException {
    if (streamPos < start || streamPos >= start + block.limit()) {
      block.limit(0); // and stays empty where the file can't be read
      start = streamPos;
      block.limit(Math.max(0, content.read(block.duplicate().clear(), start)));
    }
    return block.limit() > 0;
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
