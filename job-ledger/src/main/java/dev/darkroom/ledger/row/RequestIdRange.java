package dev.darkroom.ledger.row;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ids of jobs that were accepted in a range of time, so that the primary key serves the range:
 * a UUIDv7 begins with the milliseconds of its time (RFC 9562, section 5.7).
 *
 * @param first the lowest of them
 * @param beyond above all of them
 */
public record RequestIdRange(UUID first, UUID beyond) {
  private static final UUID LOWEST = new UUID(0, 0);
  private static final UUID HIGHEST = new UUID(-1, -1);
  private static final long LAST_MILLISECOND = (1L << 48) - 1;

  /**
   * Ids of this range.
   *
   * @param since null for no beginning
   * @param until later than all; null for no end
   */
  public static RequestIdRange between(@Nullable Instant since, @Nullable Instant until) {
    return new RequestIdRange(
        since == null ? LOWEST : firstAt(since), until == null ? HIGHEST : firstAt(until));
  }

  /** Ids know whole milliseconds only, so the next one begins within the range. */
  private static UUID firstAt(Instant at) {
    var started = at.toEpochMilli();
    var whole = Instant.ofEpochMilli(started).isBefore(at) ? started + 1 : started;
    return new UUID(Math.clamp(whole, 0L, LAST_MILLISECOND) << 16, 0);
  }
}
