package dev.darkroom.gateway.picture;

import dev.darkroom.picture.Part;
import dev.darkroom.picture.StoredPicture;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * How much of a picture a client wants (RFC 9110, section 14). One range is answered; several, a
 * unit other than bytes, and what can't be read are as good as none, and so is a range of another
 * picture than this one ({@code If-Range}).
 */
sealed interface AskedFor {
  record Whole() implements AskedFor {}

  record Only(Part part) implements AskedFor {}

  /** Nothing of it is within the picture. */
  record Nothing() implements AskedFor {}

  static AskedFor by(HttpServletRequest request, StoredPicture picture) {
    var range = request.getHeader(HttpHeaders.RANGE);
    var only = request.getHeader(HttpHeaders.IF_RANGE);
    var another = only != null && !only.equals(HandOutPicture.etag(picture.sha256()));
    return range == null || another ? new Whole() : in(range, picture.bytes());
  }

  private static AskedFor in(String header, long bytes) {
    List<HttpRange> ranges;
    try {
      ranges = HttpRange.parseRanges(header);
    } catch (IllegalArgumentException e) {
      return new Whole();
    }
    if (ranges.size() != 1) {
      return new Whole();
    }
    var range = ranges.getFirst();
    var from = range.getRangeStart(bytes);
    var to = range.getRangeEnd(bytes); // the last byte, which is part of it
    return from >= bytes || from > to ? new Nothing() : new Only(new Part(from, to - from + 1));
  }
}
