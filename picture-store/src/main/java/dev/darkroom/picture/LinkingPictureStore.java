package dev.darkroom.picture;

import java.net.URI;
import java.time.Duration;

/** A store from which clients can fetch pictures themselves. */
public interface LinkingPictureStore extends PictureStore {
  /**
   * An address at which anybody can GET the picture for a while.
   *
   * @param disposition what the answer says in {@code Content-Disposition}
   */
  URI link(StoredPicture picture, Duration lifetime, String disposition);

  /** Scheme, host and port of the links, as browsers write an origin. */
  String origin();
}
