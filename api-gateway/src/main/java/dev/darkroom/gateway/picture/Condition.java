package dev.darkroom.gateway.picture;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;

/**
 * Whether a client wants the picture, given those it has or has begun with (RFC 9110, section
 * 13.2.2). Spring asks {@code If-Match} only where something is changed, and takes no {@code *} in
 * {@code If-None-Match} where something is read.
 */
enum Condition {
  HOLDS,
  /** The client has this picture. */
  NOT_MODIFIED,
  /** The client wants another picture than this one. */
  FAILS;

  /**
   * @param sha256 of the picture
   */
  static Condition of(HttpServletRequest request, String sha256) {
    var picturesTag = ETag.create(HandOutPicture.etag(sha256));
    var wanted = header(request, HttpHeaders.IF_MATCH);
    if (!wanted.isEmpty() && !isAmong(wanted, picturesTag, true)) {
      return FAILS;
    }
    var had = header(request, HttpHeaders.IF_NONE_MATCH);
    return !had.isEmpty() && isAmong(had, picturesTag, false) ? NOT_MODIFIED : HOLDS;
  }

  /** All lines of it as one (section 5.3); empty where there is none. */
  private static String header(HttpServletRequest request, String name) {
    return String.join(", ", Collections.list(request.getHeaders(name)));
  }

  private static boolean isAmong(String header, ETag tag, boolean strong) {
    List<ETag> tags = ETag.parse(header);
    return tags.stream().anyMatch(other -> other.isWildcard() || other.compare(tag, strong));
  }
}
