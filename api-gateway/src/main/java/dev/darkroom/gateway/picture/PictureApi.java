package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.web.Problem;
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

  /** Which of several pictures a job has completed with. */
  interface ChosenPicture {
    Optional<String> sha256(RequestId id);
  }

  private final PictureStore store;
  private final ChosenPicture chosen;
  private final HandOutPicture handOut;
  private final AtomicBoolean storeAnswers = new AtomicBoolean(true);

  PictureApi(PictureStore store, ChosenPicture chosen, HandOutPicture handOut) {
    this.store = store;
    this.chosen = chosen;
    this.handOut = handOut;
  }

  @DocumentPicture
  @GetMapping("/generated/{file}")
  @Nullable ResponseEntity<Object> picture(
      @PathVariable String file, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      var picture = find(file);
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

  /** The name must be the one the picture has: its request's id and its format's extension. */
  private Optional<StoredPicture> find(String file) throws IOException {
    var dot = file.indexOf('.');
    var requestId = RequestId.parse(dot < 0 ? file : file.substring(0, dot));
    return requestId.isEmpty()
        ? Optional.empty()
        : store
            .find(requestId.get(), () -> chosen.sha256(requestId.get()))
            .filter(picture -> file.substring(dot + 1).equals(picture.format().extension()));
  }
}
