package dev.darkroom.ledger.log;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time, in the microseconds of the database.
 *
 * @param since inclusive; {@link OffsetDateTime#MIN} where it has no beginning
 * @param until exclusive; {@link OffsetDateTime#MAX} where it has no end
 */
public record TimeRange(OffsetDateTime since, OffsetDateTime until) {
  public static final TimeRange ALWAYS = new TimeRange(OffsetDateTime.MIN, OffsetDateTime.MAX);

  public TimeRange {
    if (since.isAfter(until)) {
      throw new IllegalArgumentException("a range of time does not end before it begins");
    }
  }

  /** Between two instants, either of which may be absent. */
  public static TimeRange of(@Nullable Instant since, @Nullable Instant until) {
    return new TimeRange(
        since == null ? OffsetDateTime.MIN : micros(since),
        until == null ? OffsetDateTime.MAX : micros(until));
  }

  boolean isAlways() {
    return equals(ALWAYS);
  }

  /** The first microsecond that is no earlier: the database would round to the nearest. */
  private static OffsetDateTime micros(Instant at) {
    var whole = at.truncatedTo(ChronoUnit.MICROS);
    return (whole.equals(at) ? whole : whole.plus(1, ChronoUnit.MICROS)).atOffset(ZoneOffset.UTC);
  }
}
