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
 * Stores one picture per request. The first one stays: later commits, from any process, return that
 * one, so that all processes agree on the bytes. Storage without an atomic "create if absent" may
 * accept several concurrent commits; each of these pictures stays readable until {@link #settle}
 * says which one the ledger recorded.
 *
 * <p>An {@link IOException} means that the store is full, read-only or down; the picture is not at
 * fault.
 */
public interface PictureStore {
  /** Starts an upload. Do so before paying for the bytes: it fails if the store is down. */
  PictureUpload upload(RequestId id) throws IOException;

  /** The request's first picture, if it has one. */
  default Optional<StoredPicture> find(RequestId id) throws IOException {
    return find(id, Optional::empty);
  }

  /**
   * The recorded picture if there are several, otherwise the first.
   *
   * @param recorded SHA-256 of the picture with which the job completed; called only if there are
   *     several
   */
  Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> recorded)
      throws IOException;

  /** Opens a range of the picture; empty if the picture no longer exists. The caller closes it. */
  Optional<InputStream> open(StoredPicture picture, ByteRange range) throws IOException;

  /**
   * Says which picture a job completed with. Other pictures of concurrent commits are deleted.
   *
   * @param sha256 of the picture that stays
   */
  void settle(RequestId id, String sha256) throws IOException;

  /**
   * Deletes all pictures of the request.
   *
   * @return whether there was one
   */
  boolean delete(RequestId id) throws IOException;

  /**
   * Lists requests whose pictures were stored before a moment, roughly oldest first. The consumer
   * may delete them.
   *
   * @param batch the largest number of requests per call
   * @param take returns whether to continue
   */
  void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException;

  /** Why the store can't take a picture now, as far as is known. */
  default Optional<String> trouble() {
    return trouble(1);
  }

  /**
   * Why the store can't take this many pictures of the largest size. Recent results are reused, and
   * the wait for a slow store is short.
   */
  Optional<String> trouble(int pictures);
}
