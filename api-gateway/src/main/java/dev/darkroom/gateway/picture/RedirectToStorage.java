package dev.darkroom.gateway.picture;

import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.StoredPicture;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** Sends a client to where the bytes are, with leave to fetch them for a while. */
final class RedirectToStorage {
  private final LinkingPictureStore store;
  private final PictureSettings settings;

  RedirectToStorage(LinkingPictureStore store, PictureSettings settings) {
    this.store = store;
    this.settings = settings;
  }

  /** Never cached: whoever has the address may use it, and it is soon of no use. */
  ResponseEntity<Object> to(StoredPicture picture, String disposition) {
    return ResponseEntity.status(HttpStatus.FOUND)
        .location(store.link(picture, settings.linkLifetime(), disposition))
        .cacheControl(CacheControl.noStore())
        .build();
  }
}
