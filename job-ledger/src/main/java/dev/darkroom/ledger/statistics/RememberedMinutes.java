package dev.darkroom.ledger.statistics;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Kept minutes that were read before: they hardly ever change, and whoever watches a day asks for
 * the same ones again and again. A day of a busy system is a few megabytes; more is not remembered,
 * and nothing for longer than five minutes, as somebody may delete kept minutes to have them
 * counted again.
 */
final class RememberedMinutes {
  private static final Duration MOST = Duration.ofHours(25);
  private static final Duration BELIEVED = Duration.ofMinutes(5);
  private static final Known NOTHING =
      new Known(OffsetDateTime.MAX, OffsetDateTime.MIN, List.of(), 0);

  private final KeptMinutes kept;
  private final LongSupplier nanoTime;
  private volatile Known known = NOTHING;

  /**
   * All kept minutes of a range, in their order.
   *
   * @param read when the first of them were, as {@link System#nanoTime()} counts
   */
  private record Known(OffsetDateTime from, OffsetDateTime until, List<Minute> minutes, long read) {
    List<Minute> between(OffsetDateTime since, OffsetDateTime end) {
      return minutes.stream()
          .filter(minute -> isIn(minute.at(), since.toInstant(), end.toInstant()))
          .toList();
    }

    Known latest() {
      var since = until.minus(MOST);
      return from.isBefore(since) ? new Known(since, until, between(since, until), read) : this;
    }

    private static boolean isIn(Instant at, Instant since, Instant end) {
      return !at.isBefore(since) && at.isBefore(end);
    }
  }

  RememberedMinutes(KeptMinutes kept, LongSupplier nanoTime) {
    this.kept = kept;
    this.nanoTime = nanoTime;
  }

  /**
   * The kept minutes of a range.
   *
   * @param until no later than up to where minutes are kept
   */
  List<Minute> between(OffsetDateTime from, OffsetDateTime until) {
    var now = nanoTime.getAsLong();
    var before = known;
    var believed = now - before.read() < BELIEVED.toNanos() ? before : NOTHING;
    if (believed.from().isAfter(from) || believed.until().isBefore(from)) {
      var read = new Known(from, until, kept.between(from, until), now);
      known = read.latest();
      return read.minutes();
    }
    var all = believed.until().isBefore(until) ? extended(believed, until) : believed;
    known = all.latest();
    return all.between(from, until);
  }

  private Known extended(Known before, OffsetDateTime until) {
    var news = kept.between(before.until(), until);
    return new Known(
        before.from(),
        until,
        Stream.concat(before.minutes().stream(), news.stream()).toList(),
        before.read());
  }
}
