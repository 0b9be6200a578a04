package dev.darkroom.worker.nebius.http;

import dev.darkroom.picture.PictureTooLarge;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a picture to the store, and remembers a failure of the store: after a copy from the
 * response to the store, the exception alone does not tell which of the two failed.
 */
public final class StoreOutputStream extends OutputStream {
  private final OutputStream store;
  private @Nullable IOException failure;
  private long written;

  public StoreOutputStream(OutputStream store) {
    this.store = store;
  }

  /** The store failed; the response is not to blame. */
  public static final class StoreFailure extends IOException {
    private StoreFailure(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** Copies a picture that needs no decoding. */
  public void copy(InputStream picture) throws IOException {
    try {
      picture.transferTo(this);
    } catch (IOException e) {
      throwStoreFailure();
      throw e;
    }
  }

  /**
   * To be called when a copy has failed.
   *
   * @throws MalformedResponse if the picture is larger than the store takes
   * @throws StoreFailure if the store failed
   */
  public void throwStoreFailure() throws IOException {
    if (failure instanceof PictureTooLarge) {
      throw new MalformedResponse("The answer can't be kept: " + failure.getMessage());
    }
    if (failure != null) {
      throw new StoreFailure(failure);
    }
  }

  public long written() {
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
