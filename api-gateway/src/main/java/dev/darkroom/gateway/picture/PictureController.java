package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves pictures of completed jobs. */
@RestController
class PictureController {
  private static final Logger log = LoggerFactory.getLogger(PictureController.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** The picture with which a visible job completed, unless it was deleted. */
  interface CompletedPicture {
    Optional<PictureRecord> of(RequestId id, Visibility visible);
  }

  private final PictureReader pictures;
  private final CompletedPicture completedPicture;
  private final PictureResponse pictureResponse;
  private final AtomicBoolean storeAvailable = new AtomicBoolean(true);

  PictureController(
      PictureReader pictures, CompletedPicture completedPicture, PictureResponse pictureResponse) {
    this.pictures = pictures;
    this.completedPicture = completedPicture;
    this.pictureResponse = pictureResponse;
  }

  /** Storage may hang and clients may read slowly, so that this holds no thread of the server. */
  @GetMapping("/generated/{file}")
  Callable<@Nullable ResponseEntity<Object>> picture(
      @PathVariable String file, HttpServletRequest request, HttpServletResponse response) {
    return () -> send(file, request, response);
  }

  private @Nullable ResponseEntity<Object> send(
      String file, HttpServletRequest request, HttpServletResponse response) throws IOException {
    var recorded = recorded(file, Caller.of(request).sees());
    if (recorded.isEmpty()) {
      return noSuchPicture(request);
    }
    if (clientHas(recorded.get(), request)) {
      var headers = new HttpHeaders();
      PictureResponse.writeCacheHeaders(headers, recorded.get().sha256(), request);
      return ResponseEntity.status(HttpStatus.NOT_MODIFIED).headers(headers).build();
    }
    try {
      var picture = find(recorded.get());
      storeAvailable.set(true);
      return picture.isPresent()
          ? pictureResponse.send(request, response, picture.get())
          : noSuchPicture(request);
    } catch (IOException e) {
      if (response.isCommitted()) {
        throw e;
      }
      logOnce(e);
      return Problem.unavailable(
              "The picture store is unavailable. Try again in a few seconds.", RETRY_AFTER)
          .code(ProblemCode.STORE_UNAVAILABLE)
          .answerTo(request);
    }
  }

  /** Without a word to the response, whose errors must carry no ETag. */
  private static boolean clientHas(Recorded picture, HttpServletRequest request) {
    var etag = PictureResponse.etag(picture.sha256());
    return Collections.list(request.getHeaders(HttpHeaders.IF_NONE_MATCH)).stream()
        .flatMap(line -> Arrays.stream(line.split(",")))
        .map(String::strip)
        .anyMatch(tag -> tag.equals("*") || tag.equals(etag) || tag.equals("W/" + etag));
  }

  private void logOnce(IOException e) {
    if (storeAvailable.getAndSet(false)) {
      log.atWarn()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("picture store is unavailable; clients get 503");
    }
  }

  static ResponseEntity<Object> noSuchPicture(HttpServletRequest request) {
    return Problem.of(HttpStatus.NOT_FOUND, "No such picture. See imageUrl of a completed job.")
        .answerTo(request);
  }

  /**
   * From the ledger, which is cheaper than remote storage. The name must match exactly, but that
   * every picture is there as {@code .webp}, whatever it is.
   */
  private Optional<Recorded> recorded(String file, Visibility visible) {
    var dot = file.indexOf('.');
    return dot < 0
        ? Optional.empty()
        : RequestId.parse(file.substring(0, dot))
            .flatMap(
                id -> completedPicture.of(id, visible).map(picture -> Recorded.of(id, picture)))
            .filter(picture -> picture.isNamed(file.substring(dot + 1)));
  }

  private record Recorded(RequestId id, String sha256, String extension) {
    private static final String USUAL = "webp";

    static Recorded of(RequestId id, PictureRecord picture) {
      var url = picture.url();
      return new Recorded(id, picture.sha256(), url.substring(url.lastIndexOf('.') + 1));
    }

    boolean isNamed(String asked) {
      return asked.equals(extension) || asked.equals(USUAL);
    }
  }

  private Optional<StoredPicture> find(Recorded picture) throws IOException {
    return pictures
        .find(picture.id(), picture.sha256())
        .filter(found -> found.format().extension().equals(picture.extension()));
  }
}
