package dev.darkroom.gateway.extras.stats;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.provider.ProviderState;
import dev.darkroom.gateway.provider.ProviderWatch.ProviderName;
import dev.darkroom.ledger.statistics.JobStatistics.FailureCount;
import dev.darkroom.ledger.statistics.JobStatistics.JobCounts;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reply of {@code GET /api/stats}; openapi.yaml describes it. */
record StatsReply(
    Instant since,
    Instant until,
    long bucketSeconds,
    OpenJobCounts now,
    ProviderName provider,
    ProviderState nebius,
    TimeToPicture timeToPicture,
    List<StatsBucket> buckets,
    List<FailureCount> failures) {

  record OpenJobCounts(long waiting, long scheduled, long running, double oldestWaitingSeconds) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TimeToPicture(int pictures, @Nullable Double medianSeconds, @Nullable Double p95Seconds) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record StatsBucket(
      Instant at,
      int submitted,
      int completed,
      int failed,
      @Nullable Double medianSeconds,
      @Nullable Double p95Seconds) {

    static StatsBucket of(Instant at, @Nullable JobCounts counts) {
      return counts == null
          ? new StatsBucket(at, 0, 0, 0, null, null)
          : new StatsBucket(
              at,
              counts.submitted(),
              counts.completed(),
              counts.failed(),
              counts.medianSeconds(),
              counts.p95Seconds());
    }
  }
}
