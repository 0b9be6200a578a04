package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.util.Optional;

/**
 * Keeps one picture per request. The first one kept stays: whoever comes later, in this process or
 * another, is told what is there, so that all agree on the bytes.
 *
 * <p>An {@link IOException} means that the store is full, read-only or down; the picture is not at
 * fault.
 */
public interface PictureStore {
  /**
   * Begins a picture. Open the draft before paying for the bytes: it fails if the store is down.
   */
  PictureDraft draft(RequestId id) throws IOException;

  Optional<StoredPicture> find(RequestId id) throws IOException;

  /** The picture and its bytes, for the caller to close. */
  Optional<OpenPicture> open(RequestId id) throws IOException;

  /**
   * Removes the picture.
   *
   * @return whether there was one
   */
  boolean delete(RequestId id) throws IOException;
}
