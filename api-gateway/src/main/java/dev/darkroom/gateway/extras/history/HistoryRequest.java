package dev.darkroom.gateway.extras.history;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.ledger.history.HistoryPosition;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * The part of the history that a client asks for.
 *
 * @param after where the part before ended; empty for the first one
 * @param asLines one event in each line, and nothing else
 */
record HistoryRequest(Optional<HistoryPosition> after, int limit, boolean asLines) {
  static final MediaType LINES = new MediaType("application", "x-ndjson");

  private static final int MAX_LIMIT = 1_000;
  private static final int DEFAULT_LIMIT = 100;

  static Parsed<HistoryRequest> of(HttpServletRequest request) {
    var parameters = new RequestParameters(request);
    var limit = parameters.integer("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
    var cursor = parameters.text("after");
    var after = cursor.flatMap(HistoryCursor::parse);
    if (cursor.isPresent() && after.isEmpty()) {
      parameters.reject("after", "must be the next of an earlier reply");
    }
    return parameters.parsed(
        () -> new HistoryRequest(after, Math.toIntExact(limit), prefersLines(request)));
  }

  /** Lines are only for those who name them. */
  private static boolean prefersLines(HttpServletRequest request) {
    try {
      var accepted =
          MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
      return quality(accepted, LINES) > quality(accepted, MediaType.APPLICATION_JSON);
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }

  private static double quality(List<MediaType> accepted, MediaType type) {
    return accepted.stream()
        .filter(type::equalsTypeAndSubtype)
        .mapToDouble(MediaType::getQualityValue)
        .max()
        .orElse(0);
  }
}
