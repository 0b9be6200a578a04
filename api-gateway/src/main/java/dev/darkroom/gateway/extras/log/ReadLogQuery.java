package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.ledger.log.LogPlace;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the parameters of a question for a page of logs and notes every bad one. */
final class ReadLogQuery {
  private static final int MAX_LIMIT = 500;
  private static final int DEFAULT_LIMIT = 50;

  /** What lies before a page is read and thrown away. */
  private static final long MAX_OFFSET = 10_000;

  private static final String FURTHER =
      "; to read further, give the nextCursor of the page before as cursor";

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private final Parameters parameters;

  private ReadLogQuery(HttpServletRequest request) {
    this.parameters = new Parameters(request);
  }

  /** What was read. */
  sealed interface Reading {
    record Understood(LogQuery query) implements Reading {}

    record Bad(List<BadField> errors) implements Reading {}
  }

  static Reading of(HttpServletRequest request) {
    return new ReadLogQuery(request).read();
  }

  private Reading read() {
    var limit = Math.toIntExact(integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT, ""));
    var offset = integer("offset", 0, MAX_OFFSET, 0, FURTHER);
    var after = cursor();
    if (offset > 0 && parameters.get("cursor").isPresent()) {
      parameters.refuse("offset", "must be absent or 0 with a cursor");
    } else if (offset > 0 && parameters.get("q").isPresent()) {
      parameters.refuse("offset", "must be absent or 0 with q; nextCursor leads to the next page");
    }
    var filter = ReadLogFilter.of(parameters);
    return parameters.bad().isEmpty()
        ? new Reading.Understood(new LogQuery(filter, limit, offset, after))
        : new Reading.Bad(parameters.bad());
  }

  private Optional<LogPlace> cursor() {
    var cursor = parameters.get("cursor");
    var place = cursor.flatMap(Cursor::read);
    if (cursor.isPresent() && place.isEmpty()) {
      parameters.refuse("cursor", "must be the nextCursor of an earlier reply");
    }
    return place;
  }

  private long integer(String name, long min, long max, long otherwise, String advice) {
    var text = parameters.get(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    var number = DIGITS.matcher(text.get()).matches() ? Long.parseLong(text.get()) : -1;
    if (number < min || number > max) {
      parameters.refuse(name, "must be an integer from %d to %d%s".formatted(min, max, advice));
      return otherwise;
    }
    return number;
  }
}
