package dev.darkroom.gateway.extras.stats;

import dev.darkroom.gateway.extras.stats.StatsReply.OpenJobCounts;
import dev.darkroom.gateway.extras.stats.StatsReply.StatsBucket;
import dev.darkroom.gateway.extras.stats.StatsReply.TimeToPicture;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.JobStatistics.FailureCount;
import dev.darkroom.ledger.statistics.JobStatistics.JobCounts;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows how the system is doing. */
@RestController
class StatsController {
  private static final long CACHED = Duration.ofSeconds(3).toNanos();

  private final JobStatistics statistics;
  private final ProviderWatch provider;
  private final OpenJobsMonitor openJobs;
  private final HeavyReaders readers;
  private volatile @Nullable RangeCounts latest;

  StatsController(
      JobStatistics statistics,
      ProviderWatch provider,
      OpenJobsMonitor openJobs,
      HeavyReaders readers) {
    this.statistics = statistics;
    this.provider = provider;
    this.openJobs = openJobs;
    this.readers = readers;
  }

  @GetMapping("/api/stats")
  @Nullable ResponseEntity<Object> stats(HttpServletRequest request) throws IOException {
    return readers.page(
        request,
        () ->
            switch (StatsRange.of(request, statistics.now())) {
              case Parsed.BadFields<StatsRange>(var errors) -> Problem.badFields(errors).answer();
              case Parsed.Success<StatsRange>(var range) ->
                  JsonReply.of(HttpStatus.OK, reply(range));
            });
  }

  private StatsReply reply(StatsRange range) {
    var counts = count(range);
    var total = counts.jobs().getFirst();
    var byMinute =
        counts.jobs().stream()
            .skip(1)
            .collect(
                Collectors.toMap(c -> Objects.requireNonNull(c.minute()), Function.identity()));
    var open = openJobs.recent();
    return new StatsReply(
        range.since(),
        range.until(),
        StatsRange.BUCKET.toSeconds(),
        new OpenJobCounts(
            open.waiting(), open.scheduled(), open.running(), open.oldestWaitingSeconds()),
        provider.name(),
        provider.now(),
        new TimeToPicture(total.completed(), total.medianSeconds(), total.p95Seconds()),
        range.buckets().map(at -> StatsBucket.of(at, byMinute.get(at))).toList(),
        counts.failures());
  }

  /** Clients that ask for the same range within seconds share one count. */
  private RangeCounts count(StatsRange range) {
    var known = latest;
    if (known != null
        && known.range().equals(range)
        && System.nanoTime() - known.countedAt() <= CACHED) {
      return known;
    }
    var counts =
        new RangeCounts(
            range,
            System.nanoTime(),
            statistics.between(range.since(), range.until()),
            statistics.failures(range.since(), range.until()));
    latest = counts;
    return counts;
  }

  /**
   * What was counted of a range.
   *
   * @param jobs the whole range first
   */
  private record RangeCounts(
      StatsRange range, long countedAt, List<JobCounts> jobs, List<FailureCount> failures) {}
}
