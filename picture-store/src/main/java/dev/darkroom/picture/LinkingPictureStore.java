package dev.darkroom.picture;

import java.net.URI;
import java.time.Duration;

/** A store that serves pictures to clients directly. */
public interface LinkingPictureStore extends PictureStore {
  /**
   * A URL at which anyone can GET the picture for a while.
   *
   * @param disposition value of the response's {@code Content-Disposition}
   */
  URI link(StoredPicture picture, Duration lifetime, String disposition);

  /** The origin (RFC 6454) of the links. */
  String origin();
}
