package dev.darkroom.gateway.picture;

import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.AbstractResource;

/** A stored picture in the form in which Spring answers whole and partial requests for it. */
final class StoredPictureResource extends AbstractResource {
  private final PictureStore store;
  private final StoredPicture picture;

  StoredPictureResource(PictureStore store, StoredPicture picture) {
    this.store = store;
    this.picture = picture;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return store
        .open(picture.id())
        .orElseThrow(() -> new FileNotFoundException("no picture of " + picture.id()))
        .body();
  }

  @Override
  public long contentLength() {
    return picture.bytes();
  }

  @Override
  public String getDescription() {
    return "picture of " + picture.id();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoredPictureResource that && picture.equals(that.picture);
  }

  @Override
  public int hashCode() {
    return picture.hashCode();
  }
}
