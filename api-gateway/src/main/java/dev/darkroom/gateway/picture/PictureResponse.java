package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Responds with an existing picture: its headers, a link to the storage, or its bytes. */
final class PictureResponse {
  private static final Duration LONG = Duration.ofDays(365);

  /** A picture never changes once it is stored. */
  private static final CacheControl IMMUTABLE = CacheControl.maxAge(LONG).cachePublic().immutable();

  /** Only for whoever has the link. */
  private static final CacheControl OF_SIGNED_LINK =
      CacheControl.maxAge(LONG).cachePrivate().immutable();

  /** Somebody else may sit before the same browser tomorrow. */
  private static final CacheControl OF_CREDENTIALS = CacheControl.noCache().cachePrivate();

  private final PictureReader pictures;
  private final @Nullable LinkingPictureStore links;
  private final Duration linkLifetime;

  /**
   * @param links where clients fetch the bytes, or null if the gateway sends them
   */
  PictureResponse(
      PictureReader pictures, @Nullable LinkingPictureStore links, Duration linkLifetime) {
    this.pictures = pictures;
    this.links = links;
    this.linkLifetime = linkLifetime;
  }

  /**
   * Returns null if the response was sent.
   *
   * @throws IOException if the store fails. After the first bytes this closes the connection, so
   *     the client knows that the picture is incomplete
   */
  @Nullable ResponseEntity<Object> send(
      HttpServletRequest request, HttpServletResponse response, StoredPicture picture)
      throws IOException {
    var disposition = disposition(request, picture);
    var head = request.getMethod().equals("HEAD");
    if (links != null && !head) {
      return ResponseEntity.status(HttpStatus.FOUND)
          .location(links.link(picture, linkLifetime, disposition))
          .cacheControl(CacheControl.noStore()) // the link expires, and works for anyone
          .build();
    }
    var headers = headers(picture, disposition, request);
    if (head) {
      return ResponseEntity.ok().headers(headers).contentLength(picture.bytes()).build();
    }
    return switch (RangeRequest.of(request, picture)) {
      case RangeRequest.None _ ->
          copy(request, response, HttpStatus.OK, headers, picture, ByteRange.all(picture));
      case RangeRequest.Satisfiable(ByteRange range) -> {
        headers.set(
            HttpHeaders.CONTENT_RANGE,
            "bytes %d-%d/%d".formatted(range.from(), range.last(), picture.bytes()));
        yield copy(request, response, HttpStatus.PARTIAL_CONTENT, headers, picture, range);
      }
      case RangeRequest.Unsatisfiable _ -> unsatisfiable(picture);
    };
  }

  /** The headers of each response, also of 304. */
  static void writeCacheHeaders(HttpHeaders headers, String sha256, HttpServletRequest request) {
    headers.setCacheControl(caching(request));
    headers.setETag(etag(sha256));
  }

  private static CacheControl caching(HttpServletRequest request) {
    if (ReplyLinks.isSigned(request)) {
      return OF_SIGNED_LINK;
    }
    var isOwned = Caller.ifKnown(request).filter(caller -> !caller.owner().isEmpty()).isPresent();
    return isOwned || ReplyLinks.of(request).areSigned() ? OF_CREDENTIALS : IMMUTABLE;
  }

  static String etag(String sha256) {
    return '"' + sha256 + '"';
  }

  private static HttpHeaders headers(
      StoredPicture picture, String disposition, HttpServletRequest request) {
    var headers = new HttpHeaders();
    writeCacheHeaders(headers, picture.sha256(), request);
    if (ReplyLinks.isSigned(request)) {
      headers.set("Cross-Origin-Resource-Policy", "cross-origin"); // for any page that has the link
    }
    headers.setContentType(MediaType.parseMediaType(picture.format().contentType()));
    headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
    headers.set(HttpHeaders.CONTENT_DISPOSITION, disposition);
    return headers;
  }

  /** With {@code ?download} browsers save the picture instead of showing it. */
  private static String disposition(HttpServletRequest request, StoredPicture picture) {
    var download = request.getParameter("download") != null;
    return (download ? ContentDisposition.attachment() : ContentDisposition.inline())
        .filename(picture.id() + "." + picture.format().extension())
        .build()
        .toString();
  }

  private static ResponseEntity<Object> unsatisfiable(StoredPicture picture) {
    return Problem.of(
            HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "The range is outside the picture, which has %d bytes.".formatted(picture.bytes()))
        .header(HttpHeaders.CONTENT_RANGE, "bytes */" + picture.bytes())
        .answer();
  }

  private @Nullable ResponseEntity<Object> copy(
      HttpServletRequest request,
      HttpServletResponse response,
      HttpStatus status,
      HttpHeaders headers,
      StoredPicture picture,
      ByteRange range)
      throws IOException {
    var opened = pictures.open(picture, range);
    if (opened.isEmpty()) { // deleted since it was found
      return PictureController.noSuchPicture(request);
    }
    try (InputStream body = opened.get()) {
      response.setStatus(status.value());
      headers.forEach((name, values) -> response.setHeader(name, values.getFirst()));
      response.setContentLengthLong(range.length());
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
