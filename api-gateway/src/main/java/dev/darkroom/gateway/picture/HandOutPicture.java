package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.http.Problem;
import dev.darkroom.picture.Part;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * Answers for a picture that is there: without it, if the client has it; with an address; or with
 * its bytes, which pass through a small buffer.
 */
final class HandOutPicture {
  /** A picture never changes once it is stored. */
  private static final CacheControl FOR_EVER =
      CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

  private final PictureStore store;
  private final Optional<RedirectToStorage> redirect;

  /**
   * @param redirect where clients fetch the bytes themselves
   */
  HandOutPicture(PictureStore store, Optional<RedirectToStorage> redirect) {
    this.store = store;
    this.redirect = redirect;
  }

  /**
   * The answer, or null if it was sent already.
   *
   * @throws IOException if the store does not answer; after the first bytes this breaks the
   *     connection, by which the client knows that it does not have all of them
   */
  @Nullable ResponseEntity<Object> to(
      HttpServletRequest request, HttpServletResponse response, StoredPicture picture)
      throws IOException {
    var headers = headers(picture.sha256());
    var disposition = disposition(request, picture);
    if (request.getMethod().equals("HEAD")) {
      return ResponseEntity.ok()
          .headers(headers)
          .headers(more -> describe(more, picture, disposition))
          .contentLength(picture.bytes())
          .build();
    }
    if (redirect.isPresent()) {
      return redirect.get().to(picture, disposition);
    }
    describe(headers, picture, disposition);
    return switch (AskedFor.by(request, picture)) {
      case AskedFor.Whole _ ->
          send(request, response, HttpStatus.OK, headers, picture, Part.whole(picture));
      case AskedFor.Only(Part part) -> {
        headers.set(HttpHeaders.CONTENT_RANGE, range(part, picture));
        yield send(request, response, HttpStatus.PARTIAL_CONTENT, headers, picture, part);
      }
      case AskedFor.Nothing _ -> nothing(picture);
    };
  }

  /** The answer to a client that has the picture, or wants only another one: it needs no bytes. */
  static Optional<ResponseEntity<Object>> withoutBytes(HttpServletRequest request, String sha256) {
    return switch (Condition.of(request, sha256)) {
      case FAILS -> Optional.of(another(sha256));
      case NOT_MODIFIED ->
          Optional.of(
              ResponseEntity.status(HttpStatus.NOT_MODIFIED).headers(headers(sha256)).build());
      case HOLDS -> Optional.empty();
    };
  }

  private static HttpHeaders headers(String sha256) {
    var headers = new HttpHeaders();
    headers.setCacheControl(FOR_EVER);
    headers.setETag(etag(sha256));
    return headers;
  }

  /** A strong one: the same bytes, or another. */
  static String etag(String sha256) {
    return '"' + sha256 + '"';
  }

  private static void describe(HttpHeaders headers, StoredPicture picture, String disposition) {
    headers.setContentType(MediaType.parseMediaType(picture.format().contentType()));
    headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
    headers.set(HttpHeaders.CONTENT_DISPOSITION, disposition);
  }

  /** {@code ?download} makes browsers save it instead of showing it. */
  private static String disposition(HttpServletRequest request, StoredPicture picture) {
    var download = request.getParameter("download") != null;
    return (download ? ContentDisposition.attachment() : ContentDisposition.inline())
        .filename(picture.id() + "." + picture.format().extension())
        .build()
        .toString();
  }

  private static String range(Part part, StoredPicture picture) {
    return "bytes %d-%d/%d".formatted(part.from(), part.from() + part.bytes() - 1, picture.bytes());
  }

  private static ResponseEntity<Object> another(String sha256) {
    return Problem.of(
            HttpStatus.PRECONDITION_FAILED,
            "The picture is not one of those that If-Match names; its ETag says which it is.")
        .header(HttpHeaders.ETAG, etag(sha256))
        .answer();
  }

  private static ResponseEntity<Object> nothing(StoredPicture picture) {
    return Problem.of(
            HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "The picture has %d bytes, and none of them is in that range."
                .formatted(picture.bytes()))
        .header(HttpHeaders.CONTENT_RANGE, "bytes */" + picture.bytes())
        .answer();
  }

  private @Nullable ResponseEntity<Object> send(
      HttpServletRequest request,
      HttpServletResponse response,
      HttpStatus status,
      HttpHeaders headers,
      StoredPicture picture,
      Part part)
      throws IOException {
    var opened = store.open(picture, part);
    if (opened.isEmpty()) { // removed since it was found
      return PictureApi.noSuchPicture(request);
    }
    try (InputStream body = opened.get()) {
      response.setStatus(status.value());
      headers.forEach((name, values) -> response.setHeader(name, values.getFirst()));
      response.setContentLengthLong(part.bytes());
      body.transferTo(response.getOutputStream());
      return null;
    } catch (IOException e) {
      if (!response.isCommitted()) {
        response.reset();
      }
      throw e;
    }
  }
}
