package dev.darkroom.picture;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A picture that is being written. Readers see it after {@link #commit()}; closing it without a
 * commit leaves nothing behind. Not thread-safe.
 */
public interface PictureUpload extends AutoCloseable {
  /**
   * Takes the picture's bytes. A write past the store's limit throws {@link PictureTooLarge}; any
   * other {@link IOException} means that the store failed. Closing the stream is optional.
   */
  OutputStream body();

  /**
   * Checks that the bytes are a whole picture and stores it durably, unless the request has a
   * picture already.
   *
   * @throws IllegalStateException if called twice
   */
  CommitResult commit() throws IOException;

  @Override
  void close() throws IOException;
}
