package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.gateway.http.TimeCursor;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;

/** Reads the parameters of pages and of exports of the log. */
final class LogQueryParser {
  private static final int MAX_LIMIT = 500;
  private static final int DEFAULT_LIMIT = 50;

  /** The rows that are skipped have to be read, for as long as a query may take. */
  private static final long MAX_OFFSET = Integer.MAX_VALUE;

  private static final int MIN_TEXT = 2;
  private static final int MAX_TEXT = 200;

  private final RequestParameters parameters;

  private LogQueryParser(HttpServletRequest request) {
    this.parameters = new RequestParameters(request);
  }

  /**
   * The page of the log that a client asks for.
   *
   * @param filter empty where no row can match
   * @param offset rows to skip; 0 with a cursor or a text
   * @param after where the page before ended; the start without a cursor
   */
  record LogQuery(Optional<LogFilter> filter, int limit, long offset, LogPosition after) {}

  /**
   * The rows that a client exports, and in which format.
   *
   * @param filter empty where no row can match
   */
  record ExportQuery(Optional<LogFilter> filter, ExportFormat format) {}

  static Parsed<LogQuery> page(HttpServletRequest request) {
    return new LogQueryParser(request).page();
  }

  static Parsed<ExportQuery> export(HttpServletRequest request) {
    return new LogQueryParser(request).export();
  }

  private Parsed<LogQuery> page() {
    var limit = parameters.integer("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
    var offset = parameters.integer("offset", 0, MAX_OFFSET).orElse(0);
    var after = cursor();
    if (offset > 0 && parameters.text("cursor").isPresent()) {
      parameters.reject("offset", "must be absent or 0 with a cursor");
    } else if (offset > 0 && parameters.text("q").isPresent()) {
      parameters.reject("offset", "must be absent or 0 with q; pass nextCursor as cursor");
    }
    var filter = filter();
    return parameters.parsed(() -> new LogQuery(filter, Math.toIntExact(limit), offset, after));
  }

  private Parsed<ExportQuery> export() {
    var format = parameters.oneOf("format", List.of(ExportFormat.values()), ExportFormat::word);
    if (parameters.text("format").isEmpty()) {
      parameters.reject("format", "is missing; it must be csv or ndjson");
    }
    var filter = filter();
    return parameters.parsed(() -> new ExportQuery(filter, format.orElseThrow()));
  }

  private LogPosition cursor() {
    var cursor = parameters.text("cursor");
    var position =
        cursor.flatMap(TimeCursor::parse).map(found -> LogPosition.of(found.at(), found.seq()));
    if (cursor.isPresent() && position.isEmpty()) {
      parameters.reject("cursor", "must be the nextCursor of an earlier reply");
    }
    return position.orElse(LogPosition.START);
  }

  /** Empty where no row can match, or where a parameter is bad. */
  private Optional<LogFilter> filter() {
    var status = parameters.oneOf("status", List.of(JobStatus.values()), JobStatus::word);
    var since = parameters.instant("since");
    var until = parameters.instant("until");
    if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
      parameters.reject("since", "must be earlier than until");
      parameters.reject("until", "must be later than since");
    }
    var text = text();
    var id = parameters.text("requestId");
    var requestId = id.flatMap(RequestId::parse);
    var userId = parameters.text("userId");
    if (!parameters.areValid()
        || (id.isPresent() && requestId.isEmpty())
        || containsNul(userId)
        || containsNul(text)) {
      return Optional.empty();
    }
    return Optional.of(
        new LogFilter(
            requestId.orElse(null),
            status.orElse(null),
            userId.orElse(null),
            since.orElse(null),
            until.orElse(null),
            text.orElse(null)));
  }

  private Optional<String> text() {
    var text = parameters.text("q");
    if (text.isPresent()) {
      var length = text.get().codePointCount(0, text.get().length());
      if (length < MIN_TEXT || length > MAX_TEXT) {
        parameters.reject(
            "q", "must have between %d and %d characters".formatted(MIN_TEXT, MAX_TEXT));
      }
    }
    return text;
  }

  /** PostgreSQL stores no text with U+0000. */
  private static boolean containsNul(Optional<String> text) {
    return text.isPresent() && text.get().indexOf('\0') >= 0;
  }
}
