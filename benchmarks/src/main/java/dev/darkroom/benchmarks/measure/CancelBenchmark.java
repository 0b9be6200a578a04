package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.Cancellations;
import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** From the sending of a DELETE until the provider sees the connection of the job's call end. */
public final class CancelBenchmark implements Benchmark {
  private static final int JOBS = 400;
  private static final int WARM_UP_JOBS = 80;
  private static final int CONNECTIONS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final BenchmarkTarget TWO_SECONDS = BenchmarkTarget.atMost(2_000);

  private final InstantSource clock;

  public CancelBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "cancel";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.holding();
        var gateway = stand.gateway(database, broker);
        var _ = stand.worker(database, broker, provider, CONNECTIONS)) {
      say.accept("warming up");
      var _ = cancel(new JobSeries("warm", WARM_UP_JOBS, clock), gateway.port(), provider);
      say.accept("cancelling %,d calls".formatted(JOBS));
      var cuts = cancel(new JobSeries("cut", JOBS, clock), gateway.port(), provider);
      var findings = new Findings(name());
      findings.add("DELETE sent → call cut at the provider, p50", "ms", cuts.p50());
      findings.add("DELETE sent → call cut at the provider, p99", "ms", cuts.p99(), TWO_SECONDS);
      findings.add("the slowest", "ms", cuts.millis(1), TWO_SECONDS);
      return findings.all();
    }
  }

  private static Latencies cancel(JobSeries jobs, int port, StubProvider provider)
      throws Exception {
    var connections = Cancellations.open(CONNECTIONS, port, jobs, provider::holds);
    var _ = LoadGenerator.closed(connections, Duration.ofMinutes(10), jobs.size());
    Await.until(
        "all calls are cut",
        PATIENCE,
        LOOK,
        () ->
            IntStream.range(0, jobs.size())
                .allMatch(number -> provider.call(jobs.tag(number)) != null));
    return DispatchBenchmark.latencies(
        jobs,
        number ->
            Objects.requireNonNull(provider.call(jobs.tag(number))).answered()
                - jobs.sentNanos(number));
  }
}
