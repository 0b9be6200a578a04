package dev.darkroom.ledger;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * Kept minutes that were read before: they never change, and whoever watches a day asks for the
 * same ones again and again. A day of a busy system is a few megabytes; more is not remembered.
 */
final class RememberedMinutes {
  private static final Duration MOST = Duration.ofHours(25);
  private static final Known NOTHING =
      new Known(OffsetDateTime.MAX, OffsetDateTime.MIN, List.of());

  private final KeptMinutes kept;
  private volatile Known known = NOTHING;

  /** All kept minutes of a range, in their order. */
  private record Known(OffsetDateTime from, OffsetDateTime until, List<Minute> minutes) {
    List<Minute> between(OffsetDateTime since, OffsetDateTime end) {
      return minutes.stream()
          .filter(minute -> isIn(minute.at(), since.toInstant(), end.toInstant()))
          .toList();
    }

    Known latest() {
      var since = until.minus(MOST);
      return from.isBefore(since) ? new Known(since, until, between(since, until)) : this;
    }

    private static boolean isIn(Instant at, Instant since, Instant end) {
      return !at.isBefore(since) && at.isBefore(end);
    }
  }

  RememberedMinutes(KeptMinutes kept) {
    this.kept = kept;
  }

  /**
   * The kept minutes of a range.
   *
   * @param until no later than {@code keptUntil}
   * @param keptUntil up to where minutes are kept; where that is earlier than it was, somebody has
   *     deleted minutes to have them counted again, and nothing that was read before is believed
   */
  List<Minute> between(OffsetDateTime from, OffsetDateTime until, OffsetDateTime keptUntil) {
    var before = known;
    var believed = keptUntil.isBefore(before.until()) ? NOTHING : before;
    if (believed.from().isAfter(from) || believed.until().isBefore(from)) {
      var read = new Known(from, until, kept.between(from, until));
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
        before.from(), until, Stream.concat(before.minutes().stream(), news.stream()).toList());
  }
}
