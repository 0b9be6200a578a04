package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.http.ReadInstant;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.PromptText;
import dev.darkroom.ledger.log.TimeRange;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads which rows are asked for, of a page and of an export alike. */
final class ReadLogFilter {
  private static final int SHORTEST_TEXT = 2;
  private static final int LONGEST_TEXT = 200;

  private final Parameters parameters;

  private ReadLogFilter(Parameters parameters) {
    this.parameters = parameters;
  }

  /** The filter, or nothing where no row can match; what is refused is noted in the parameters. */
  static Optional<LogFilter> of(Parameters parameters) {
    return new ReadLogFilter(parameters).read();
  }

  private Optional<LogFilter> read() {
    var status = status();
    var range = range();
    var text = text();
    var id = parameters.get("requestId");
    var requestId = id.flatMap(RequestId::parse);
    var userId = parameters.get("userId");
    if (id.isPresent() && requestId.isEmpty()) {
      return Optional.empty(); // no request has an id that is none
    }
    if (holdsNul(userId) || holdsNul(text)) {
      return Optional.empty(); // PostgreSQL's text can't hold it
    }
    return Optional.of(
        new LogFilter(
            requestId.orElse(null),
            status,
            userId.orElse(null),
            range,
            text.map(PromptText::new).orElse(null)));
  }

  private @Nullable JobStatus status() {
    var word = parameters.get("status");
    var status = word.flatMap(JobStatus::of);
    if (word.isPresent() && status.isEmpty()) {
      var words =
          Stream.of(JobStatus.values()).map(JobStatus::word).collect(Collectors.joining(", "));
      parameters.refuse("status", "must be one of " + words);
    }
    return status.orElse(null);
  }

  private TimeRange range() {
    var since = instant("since");
    var until = instant("until");
    if (since != null && until != null && !since.isBefore(until)) {
      parameters.refuse("since", "must be earlier than until");
      parameters.refuse("until", "must be later than since");
      return TimeRange.ALWAYS;
    }
    return TimeRange.of(since, until);
  }

  private @Nullable Instant instant(String name) {
    var text = parameters.get(name);
    var instant = text.flatMap(ReadInstant::of);
    if (text.isPresent() && instant.isEmpty()) {
      parameters.refuse(name, ReadInstant.RULE);
    }
    return instant.orElse(null);
  }

  private Optional<String> text() {
    var text = parameters.get("q");
    if (text.isPresent()) {
      var length = text.get().codePointCount(0, text.get().length());
      if (length < SHORTEST_TEXT || length > LONGEST_TEXT) {
        parameters.refuse(
            "q", "must have %d to %d characters".formatted(SHORTEST_TEXT, LONGEST_TEXT));
      }
    }
    return text;
  }

  private static boolean holdsNul(Optional<String> text) {
    return text.isPresent() && text.get().indexOf('\0') >= 0;
  }
}
