package dev.darkroom.gateway.extras.usage;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGrouping;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a client wants summed up, and how.
 *
 * @param until later than since
 * @param userId null for all users
 */
record UsageRequest(Instant since, Instant until, @Nullable String userId, UsageGrouping grouping) {
  private static final Duration USUAL = Duration.ofDays(30);
  private static final Duration LONGEST = Duration.ofDays(400);

  static Parsed<UsageRequest> of(HttpServletRequest request, Instant now) {
    var parameters = new RequestParameters(request);
    var until = parameters.instant("until").orElse(now);
    var since = parameters.instant("since").orElse(until.minus(USUAL));
    if (!since.isBefore(until)) {
      parameters.reject("since", "must be before until, which is now by default");
    } else if (since.isBefore(until.minus(LONGEST))) {
      parameters.reject(
          "since", "must be at most %d days before until".formatted(LONGEST.toDays()));
    }
    var userId = parameters.storableText("userId");
    var grouping =
        parameters
            .oneOf("groupBy", List.of(UsageGrouping.values()), UsageRequest::word)
            .orElse(UsageGrouping.DAY);
    return parameters.parsed(() -> new UsageRequest(since, until, userId.orElse(null), grouping));
  }

  static String word(UsageGrouping grouping) {
    return grouping.name().toLowerCase(Locale.ROOT);
  }
}
