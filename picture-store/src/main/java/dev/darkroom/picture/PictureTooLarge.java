package dev.darkroom.picture;

import java.io.IOException;

/** More bytes were written than a picture may have. A stream has no other way to say so. */
public final class PictureTooLarge extends IOException {
  PictureTooLarge(long maxBytes) {
    super("the picture is larger than %d bytes".formatted(maxBytes));
  }
}
