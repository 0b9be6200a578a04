package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.web.Problem;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Handing out a picture, or the part of it that was asked for. */
@RestController
class PictureApi {
  private static final Logger log = LoggerFactory.getLogger(PictureApi.class);

  /** A picture never changes once it is stored. */
  private static final CacheControl FOR_EVER =
      CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

  private static final Duration STORE_BACK = Duration.ofSeconds(5);

  private final PictureStore store;

  PictureApi(PictureStore store) {
    this.store = store;
  }

  @DocumentPicture
  @GetMapping("/generated/{file}")
  ResponseEntity<Object> picture(@PathVariable String file) {
    try {
      return find(file)
          .map(this::answer)
          .orElseGet(() ->
              Problem.of(
                      HttpStatus.NOT_FOUND,
                      "There is no such picture; a completed job names its picture in imageUrl.")
                  .answer());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("file", file)
          .setCause(e)
          .log("the picture store does not answer; the client is told to come back");
      return Problem.unavailable(
              "The picture store does not answer at the moment; try again in a few seconds.",
              STORE_BACK)
          .answer();
    }
  }

  /** The name must be the one the picture has: its request's id and its format's extension. */
  private Optional<StoredPicture> find(String file) throws IOException {
    var dot = file.indexOf('.');
    var requestId = RequestId.parse(dot < 0 ? file : file.substring(0, dot));
    return requestId.isEmpty()
        ? Optional.empty()
        : store
            .find(requestId.get())
            .filter(picture -> file.substring(dot + 1).equals(picture.format().extension()));
  }

  private ResponseEntity<Object> answer(StoredPicture picture) {
    return ResponseEntity.ok()
        .cacheControl(FOR_EVER)
        .eTag(picture.sha256())
        .contentType(MediaType.parseMediaType(picture.format().contentType()))
        .body(new StoredPictureResource(store, picture));
  }
}
