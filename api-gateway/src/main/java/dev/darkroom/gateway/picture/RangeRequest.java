package dev.darkroom.gateway.picture;

import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * The range of a picture that a client wants (RFC 9110, section 14). Invalid and multiple ranges
 * are ignored, and so is a range of another picture ({@code If-Range}). Spring's own support for
 * ranges reads the picture from its start, which is slow from remote storage.
 */
sealed interface RangeRequest {
  record None() implements RangeRequest {}

  record Satisfiable(ByteRange range) implements RangeRequest {}

  record Unsatisfiable() implements RangeRequest {}

  static RangeRequest of(HttpServletRequest request, StoredPicture picture) {
    var range = request.getHeader(HttpHeaders.RANGE);
    var onlyOf = request.getHeader(HttpHeaders.IF_RANGE);
    var ofAnother = onlyOf != null && !onlyOf.equals(PictureResponse.etag(picture.sha256()));
    return range == null || ofAnother ? new None() : parse(range, picture.bytes());
  }

  private static RangeRequest parse(String header, long bytes) {
    List<HttpRange> ranges;
    try {
      ranges = HttpRange.parseRanges(header);
    } catch (IllegalArgumentException e) {
      return new None();
    }
    if (ranges.size() != 1) {
      return new None();
    }
    var from = ranges.getFirst().getRangeStart(bytes);
    var last = ranges.getFirst().getRangeEnd(bytes);
    return from >= bytes || from > last
        ? new Unsatisfiable()
        : new Satisfiable(new ByteRange(from, last - from + 1));
  }
}
