package dev.darkroom.ledger.log;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the log are wanted; what is null does not filter.
 *
 * @param since only rows written then or later
 * @param until only rows written earlier
 * @param text only rows whose prompt contains this, in upper or lower case; the database decides
 *     which letters are the same
 */
public record LogFilter(
    @Nullable RequestId requestId,
    @Nullable JobStatus status,
    @Nullable String userId,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable String text) {

  public LogFilter {
    since = since == null ? null : wholeMicros(since);
    until = until == null ? null : wholeMicros(until);
    if (since != null && until != null && since.isAfter(until)) {
      throw new IllegalArgumentException("since is after until");
    }
    if (text != null && (text.isEmpty() || text.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("text is empty or contains U+0000");
    }
  }

  /** For {@code ilike}: no character of the text is a wildcard. */
  @Nullable String pattern() {
    return text == null ? null : "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%";
  }

  /** Rounded up, because the database would round to the nearest microsecond. */
  private static Instant wholeMicros(Instant at) {
    var whole = at.truncatedTo(ChronoUnit.MICROS);
    return whole.equals(at) ? whole : whole.plus(1, ChronoUnit.MICROS);
  }
}
