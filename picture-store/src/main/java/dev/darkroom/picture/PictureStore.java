package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Keeps one picture per request. The first one kept stays: whoever comes later, in this process or
 * another, is told what is there, so that all agree on the bytes. Where the storage has no way to
 * say who was first, attempts that keep in the very same moment may each be told of their own
 * picture; each of them can be read until {@link #settle} says which one the ledger chose.
 *
 * <p>An {@link IOException} means that the store is full, read-only or down; the picture is not at
 * fault.
 */
public interface PictureStore {
  /**
   * Begins a picture. Open the draft before paying for the bytes: it fails if the store is down.
   */
  PictureDraft draft(RequestId id) throws IOException;

  /** The first picture that was kept, if there is one. */
  default Optional<StoredPicture> find(RequestId id) throws IOException {
    return find(id, Optional::empty);
  }

  /**
   * The picture that was chosen, if there are several, and otherwise the first.
   *
   * @param chosen SHA-256 of the picture with which the job has completed; asked only if there are
   *     several
   */
  Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> chosen) throws IOException;

  /**
   * A part of the picture's bytes, for the caller to close; empty if the picture is not there any
   * more.
   */
  Optional<InputStream> open(StoredPicture picture, Part part) throws IOException;

  /** The picture and all of its bytes, for the caller to close. */
  default Optional<OpenPicture> open(RequestId id) throws IOException {
    Optional<StoredPicture> picture = find(id);
    if (picture.isEmpty()) {
      return Optional.empty();
    }
    return open(picture.get(), Part.whole(picture.get()))
        .map(body -> new OpenPicture(picture.get(), body));
  }

  /**
   * Says which picture a job has completed with. Any other that an attempt saved in the same moment
   * is removed.
   *
   * @param sha256 of the one that stays
   */
  void settle(RequestId id, String sha256) throws IOException;

  /**
   * Removes what is there of the request.
   *
   * @return whether there was anything
   */
  boolean delete(RequestId id) throws IOException;

  /**
   * Hands out the requests whose pictures were saved before a moment, about in the order of their
   * age. They may be deleted meanwhile.
   *
   * @param batch how many are handed out at a time, at most
   * @param take whether to go on
   */
  void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException;

  /** Why no picture can be kept at the moment, as far as is known. */
  Optional<String> trouble();

  /**
   * Why not so many pictures can be kept at the moment. What was found out a moment ago is not
   * found out again, and an answer that does not come is not waited for long.
   *
   * @param pictures that may be written at once, each of the largest size
   */
  default Optional<String> trouble(int pictures) {
    return trouble();
  }
}
