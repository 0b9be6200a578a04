package dev.darkroom.picture;

import java.io.IOException;

/** An upload exceeded the store's limit. */
public final class PictureTooLarge extends IOException {
  public PictureTooLarge(long maxBytes) {
    super("the picture is larger than %d bytes".formatted(maxBytes));
  }
}
