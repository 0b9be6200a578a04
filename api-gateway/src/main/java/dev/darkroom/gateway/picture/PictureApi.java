package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Handing out a picture, or the part of it that was asked for. */
@RestController
class PictureApi {
  private static final Logger log = LoggerFactory.getLogger(PictureApi.class);
  private static final Duration STORE_BACK = Duration.ofSeconds(5);

  /** The picture with which a job has completed, as long as it is kept. */
  interface CompletedPicture {
    Optional<PictureRecord> of(RequestId id);
  }

  private final PictureStore store;
  private final CompletedPicture ledger;
  private final HandOutPicture handOut;
  private final AtomicBoolean storeAnswers = new AtomicBoolean(true);

  PictureApi(PictureStore store, CompletedPicture ledger, HandOutPicture handOut) {
    this.store = store;
    this.ledger = ledger;
    this.handOut = handOut;
  }

  @GetMapping("/generated/{file}")
  @Nullable ResponseEntity<Object> picture(
      @PathVariable String file, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var recorded = recorded(file);
    if (recorded.isEmpty()) {
      return noSuchPicture(request);
    }
    var had = HandOutPicture.withoutBytes(request, recorded.get().sha256());
    if (had.isPresent()) {
      return had.get();
    }
    try {
      var picture = find(recorded.get());
      storeAnswers.set(true);
      return picture.isPresent()
          ? handOut.to(request, response, picture.get())
          : noSuchPicture(request);
    } catch (IOException e) {
      if (response.isCommitted()) {
        throw e;
      }
      tellOnce(e);
      return Problem.unavailable(
              "The picture store does not answer at the moment; try again in a few seconds.",
              STORE_BACK)
          .code(ProblemCode.STORE_UNAVAILABLE)
          .answerTo(request);
    }
  }

  private void tellOnce(IOException e) {
    if (storeAnswers.getAndSet(false)) {
      log.atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("the picture store does not answer; until it does, clients are told to come back");
    }
  }

  static ResponseEntity<Object> noSuchPicture(HttpServletRequest request) {
    return Problem.of(
            HttpStatus.NOT_FOUND,
            "There is no such picture; a completed job names its picture in imageUrl.")
        .answerTo(request);
  }

  /**
   * What the ledger says about it, which costs a look into an index where the store may have to be
   * asked over the network. The name must be the one the picture has: its request's id and its
   * format's extension.
   */
  private Optional<Recorded> recorded(String file) {
    var dot = file.indexOf('.');
    return dot < 0
        ? Optional.empty()
        : RequestId.parse(file.substring(0, dot))
            .flatMap(id ->
                ledger
                    .of(id)
                    .filter(picture -> picture.url().endsWith(file.substring(dot)))
                    .map(picture -> new Recorded(id, picture.sha256(), file.substring(dot + 1))));
  }

  private record Recorded(RequestId id, String sha256, String extension) {}

  private Optional<StoredPicture> find(Recorded picture) throws IOException {
    return store
        .find(picture.id(), () -> Optional.of(picture.sha256()))
        .filter(found -> found.format().extension().equals(picture.extension()));
  }
}
