package dev.darkroom.worker.nebius;

import dev.darkroom.picture.PictureTooLarge;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Passes a picture on to the store and remembers that it was the store that failed, and not the
 * reply: whoever copies from one to the other gets the same exception from both.
 */
final class ToStore extends OutputStream {
  private final OutputStream store;
  private @Nullable IOException failure;
  private long written;

  ToStore(OutputStream store) {
    this.store = store;
  }

  /** The store did not take what was read; the reply is not to blame. */
  static final class StoreRefused extends IOException {
    StoreRefused(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /**
   * Tells both sides apart after a copy has failed.
   *
   * @throws ReadReply.BadReply where the picture is larger than the store takes
   * @throws StoreRefused where the store failed
   */
  void blameStoreIfItFailed() throws IOException {
    if (failure instanceof PictureTooLarge) {
      throw new ReadReply.BadReply("The answer can't be kept: " + failure.getMessage());
    }
    if (failure != null) {
      throw new StoreRefused(failure);
    }
  }

  long written() {
    return written;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      store.write(bytes, offset, length);
      written += length;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
