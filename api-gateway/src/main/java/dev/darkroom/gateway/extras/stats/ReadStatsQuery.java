package dev.darkroom.gateway.extras.stats;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.gateway.http.ReadInstant;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the range that is asked for and notes what is wrong with it. An empty parameter is absent;
 * of a repeated one the first counts.
 */
final class ReadStatsQuery {
  private static final Duration DEFAULT = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  /** The last bucket has to end in a year of four digits, as RFC 3339 writes them. */
  private static final Instant TOO_LATE = Instant.parse("9999-12-31T00:00:00Z");

  private final List<BadField> bad = new ArrayList<>();

  private ReadStatsQuery() {}

  /** What was read. */
  sealed interface Reading {
    record Understood(StatsQuery query) implements Reading {}

    record Bad(List<BadField> errors) implements Reading {}
  }

  static Reading of(HttpServletRequest request, Instant now) {
    return of(request.getParameter("since"), request.getParameter("until"), now);
  }

  static Reading of(@Nullable String since, @Nullable String until, Instant now) {
    return new ReadStatsQuery().read(since, until, now);
  }

  private Reading read(@Nullable String since, @Nullable String until, Instant now) {
    var end = time("until", until).orElse(now);
    var begin = time("since", since).orElse(end.minus(DEFAULT));
    if (bad.isEmpty() && !begin.isBefore(end)) {
      bad.add(new BadField("since", "must be before until, which is now where it is absent"));
    } else if (bad.isEmpty() && Duration.between(begin, end).compareTo(LONGEST) > 0) {
      bad.add(new BadField("since", "must be at most 24 hours before until"));
    }
    return bad.isEmpty()
        ? new Reading.Understood(StatsQuery.covering(begin, end))
        : new Reading.Bad(List.copyOf(bad));
  }

  private Optional<Instant> time(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      return Optional.empty();
    }
    var time = ReadInstant.of(value);
    if (time.isEmpty()) {
      bad.add(new BadField(name, ReadInstant.RULE));
    } else if (time.get().isBefore(Instant.EPOCH)) {
      bad.add(new BadField(name, "must be in 1970 or later"));
    } else if (time.get().isAfter(TOO_LATE)) {
      bad.add(new BadField(name, "must not be after " + TOO_LATE));
    }
    return time;
  }
}
