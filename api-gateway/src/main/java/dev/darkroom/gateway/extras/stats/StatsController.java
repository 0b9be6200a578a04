package dev.darkroom.gateway.extras.stats;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.extras.stats.StatsReply.OpenJobCounts;
import dev.darkroom.gateway.extras.stats.StatsReply.StatsBucket;
import dev.darkroom.gateway.extras.stats.StatsReply.TimeToPicture;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobQueries.OpenJobs;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.JobStatistics.FailureCount;
import dev.darkroom.ledger.statistics.JobStatistics.JobCounts;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
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

  /** Owners that ask every few seconds; of more, some are counted for anew. */
  private static final int MOST_CACHED = 100;

  private final JobStatistics statistics;
  private final JobQueries ledger;
  private final ProviderWatch provider;
  private final OpenJobsMonitor openJobs;
  private final HeavyReaders readers;
  private final Map<RangeOfOwner, RangeCounts> counted = new ConcurrentHashMap<>();

  StatsController(
      JobStatistics statistics,
      JobQueries ledger,
      ProviderWatch provider,
      OpenJobsMonitor openJobs,
      HeavyReaders readers) {
    this.statistics = statistics;
    this.ledger = ledger;
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
                  JsonReply.of(HttpStatus.OK, reply(range, Caller.of(request).sees()));
            });
  }

  private StatsReply reply(StatsRange range, Visibility visible) {
    var counts = count(new RangeOfOwner(range, visible));
    var total = counts.jobs().getFirst();
    var byMinute =
        counts.jobs().stream()
            .skip(1)
            .collect(
                Collectors.toMap(c -> Objects.requireNonNull(c.minute()), Function.identity()));
    var open = Objects.requireNonNullElseGet(counts.ownOpen(), openJobs::recent);
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

  /** Clients that ask for the same range of the same jobs within seconds share one count. */
  private RangeCounts count(RangeOfOwner asked) {
    var known = counted.get(asked);
    if (known != null && !known.isOld()) {
      return known;
    }
    var range = asked.range();
    var visible = asked.visible();
    var counts =
        new RangeCounts(
            System.nanoTime(),
            statistics.between(range.since(), range.until(), visible),
            statistics.failures(range.since(), range.until(), visible),
            visible.equals(Visibility.ALL) ? null : ledger.countOpen(visible));
    counted.values().removeIf(RangeCounts::isOld);
    if (counted.size() < MOST_CACHED) {
      counted.put(asked, counts);
    }
    return counts;
  }

  /** What is counted: nobody gets a count of jobs that they don't see. */
  private record RangeOfOwner(StatsRange range, Visibility visible) {}

  /**
   * What was counted of a range.
   *
   * @param jobs the whole range first
   * @param ownOpen open jobs; null where all are visible, which are counted elsewhere
   */
  private record RangeCounts(
      long countedAt,
      List<JobCounts> jobs,
      List<FailureCount> failures,
      @Nullable OpenJobs ownOpen) {
    boolean isOld() {
      return System.nanoTime() - countedAt > CACHED;
    }
  }
}
