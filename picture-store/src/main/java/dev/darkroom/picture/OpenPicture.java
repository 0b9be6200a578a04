package dev.darkroom.picture;

import java.io.IOException;
import java.io.InputStream;

/** A stored picture and a stream of exactly {@code picture.bytes()} bytes. */
public record OpenPicture(StoredPicture picture, InputStream body) implements AutoCloseable {
  @Override
  public void close() throws IOException {
    body.close();
  }
}
