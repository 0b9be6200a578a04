package dev.darkroom.gateway.logs;

import dev.darkroom.gateway.web.BadField;
import dev.darkroom.ledger.LogFilter;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a question for logs and notes every bad one. An empty parameter is
 * absent; of a repeated one the first counts.
 */
final class ReadLogQuery {
  private static final int MAX_LIMIT = 500;
  private static final int DEFAULT_LIMIT = 50;

  /** As many digits as a long always holds. */
  private static final long MAX_OFFSET = 999_999_999_999_999_999L;

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private final HttpServletRequest request;
  private final List<BadField> bad = new ArrayList<>();

  private ReadLogQuery(HttpServletRequest request) {
    this.request = request;
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
    var limit = Math.toIntExact(integer("limit", 1, MAX_LIMIT, DEFAULT_LIMIT));
    var offset = integer("offset", 0, MAX_OFFSET, 0);
    var status = status();
    return bad.isEmpty()
        ? new Reading.Understood(new LogQuery(filter(status), limit, offset))
        : new Reading.Bad(List.copyOf(bad));
  }

  private Optional<LogFilter> filter(@Nullable JobStatus status) {
    var id = parameter("requestId");
    var requestId = id.flatMap(RequestId::parse);
    var userId = parameter("userId");
    if (id.isPresent() && requestId.isEmpty()) {
      return Optional.empty(); // no request has an id that is none
    }
    if (userId.isPresent() && userId.get().indexOf('\0') >= 0) {
      return Optional.empty(); // PostgreSQL's text can't hold it
    }
    return Optional.of(new LogFilter(requestId.orElse(null), status, userId.orElse(null)));
  }

  private @Nullable JobStatus status() {
    var word = parameter("status");
    var status = word.flatMap(JobStatus::of);
    if (word.isPresent() && status.isEmpty()) {
      var words =
          Stream.of(JobStatus.values()).map(JobStatus::word).collect(Collectors.joining(", "));
      bad.add(new BadField("status", "must be one of " + words));
    }
    return status.orElse(null);
  }

  private long integer(String name, long min, long max, long otherwise) {
    var text = parameter(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    var number = DIGITS.matcher(text.get()).matches() ? Long.parseLong(text.get()) : -1;
    if (number < min || number > max) {
      bad.add(new BadField(name, "must be an integer from %d to %d".formatted(min, max)));
      return otherwise;
    }
    return number;
  }

  private Optional<String> parameter(String name) {
    return Optional.ofNullable(request.getParameter(name)).filter(value -> !value.isBlank());
  }
}
