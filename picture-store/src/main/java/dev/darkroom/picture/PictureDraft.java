package dev.darkroom.picture;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A picture being written, unseen by readers until it is kept. Closing it without {@link #keep()}
 * leaves nothing behind. For one thread.
 */
public interface PictureDraft extends AutoCloseable {
  /**
   * Takes the picture's bytes. A write past the store's limit throws {@link PictureTooLarge}, any
   * other {@link IOException} is the store's fault. Closing the stream is optional.
   */
  OutputStream body();

  /**
   * Checks that the bytes are a whole picture, and puts it into the store, durably, unless the
   * request has one already.
   *
   * @throws IllegalStateException if called twice
   */
  KeepOutcome keep() throws IOException;

  @Override
  void close() throws IOException;
}
