package dev.darkroom.gateway.extras.stats;

import dev.darkroom.gateway.extras.stats.ReadStatsQuery.Reading;
import dev.darkroom.gateway.extras.stats.StatsReply.Nebius;
import dev.darkroom.gateway.extras.stats.StatsReply.Now;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.ledger.statistics.JobStatistics;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Asking how the system is doing. */
@RestController
class StatsApi {
  private final JobStatistics statistics;
  private final ProviderWatch provider;
  private final CountOpenJobs open;
  private final HeavyReaders readers;

  StatsApi(
      JobStatistics statistics, ProviderWatch provider, CountOpenJobs open, HeavyReaders readers) {
    this.readers = readers;
    this.statistics = statistics;
    this.provider = provider;
    this.open = open;
  }

  @DocumentStats
  @GetMapping("/api/stats")
  @Nullable ResponseEntity<Object> stats(HttpServletRequest request) throws IOException {
    return readers.page(request, () -> answer(request));
  }

  private ResponseEntity<Object> answer(HttpServletRequest request) {
    return switch (ReadStatsQuery.of(request, statistics.now())) {
      case Reading.Bad(var errors) -> Problem.badFields(errors).answer();
      case Reading.Understood(var query) ->
          ResponseEntity.ok()
              .contentType(MediaType.APPLICATION_JSON)
              .header(HttpHeaders.CACHE_CONTROL, "no-store")
              .body(find(query));
    };
  }

  private StatsReply find(StatsQuery query) {
    var sum = new SumUp(statistics.between(query.since(), query.until()));
    var counted = open.fresh();
    return new StatsReply(
        query.since(),
        query.until(),
        query.bucket().toSeconds(),
        new Now(
            counted.waiting(),
            counted.scheduled(),
            counted.running(),
            counted.oldestWaitingSeconds()),
        provider.name(),
        Nebius.of(provider.now()),
        sum.timeToPicture(),
        sum.buckets(query),
        sum.failures());
  }
}
