package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What the system adds to the time that the provider takes: from the sending of a POST until its
 * row says {@code completed}, less the time between the call's arrival and its answer. Once while
 * the processes are young, and once after some minutes, when Java has compiled most of what it
 * will.
 */
public final class SteadyLoadBenchmark implements Benchmark {
  private static final double PER_SECOND = 100;
  private static final int JOBS = 3_000;
  private static final int WARM_UP_JOBS = 2_000;
  private static final int MORE_WARM_UP_JOBS = 31_000;
  private static final int CONNECTIONS = 8;
  private static final Duration LATENCY = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final InstantSource clock;

  public SteadyLoadBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "steady";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker);
        var _ = stand.worker(database, broker, provider, 200, Stand.ALL_COMPILERS)) {
      say.accept("warming up with %,d jobs".formatted(WARM_UP_JOBS));
      submit(new JobSeries("warm", WARM_UP_JOBS, clock), gateway, database);
      var young = measured("young", gateway, database, provider, say);
      say.accept("warming up with %,d jobs more".formatted(MORE_WARM_UP_JOBS));
      submit(new JobSeries("warmer", MORE_WARM_UP_JOBS, clock), gateway, database);
      var steady = measured("steady", gateway, database, provider, say);
      var findings = new Findings(name());
      findings.add(
          "added to the provider's time, 100 jobs/s, p50",
          "ms",
          steady.added().p50(),
          BenchmarkTarget.atMost(5));
      findings.add(
          "added to the provider's time, 100 jobs/s, p99",
          "ms",
          steady.added().p99(),
          BenchmarkTarget.atMost(16));
      findings.add("of it before the call arrives, p50", "ms", steady.beforeTheCall().p50());
      findings.add("of it before the call arrives, p99", "ms", steady.beforeTheCall().p99());
      findings.add("added in the first minute of the processes, p50", "ms", young.added().p50());
      findings.add("added in the first minute of the processes, p99", "ms", young.added().p99());
      return findings.all();
    }
  }

  private record Measured(Latencies added, Latencies beforeTheCall) {}

  private Measured measured(
      String name,
      GatewayProcess gateway,
      Database database,
      StubProvider provider,
      Consumer<String> say)
      throws Exception {
    say.accept("%,d jobs at %.0f a second".formatted(JOBS, PER_SECOND));
    var jobs = new JobSeries(name, JOBS, clock);
    submit(jobs, gateway, database);
    var finished = Steps.micros(database, jobs, "image_generated");
    return new Measured(added(jobs, provider, finished), beforeTheCall(jobs, provider));
  }

  private static void submit(JobSeries jobs, GatewayProcess gateway, Database database)
      throws Exception {
    var connections = Submissions.open(CONNECTIONS, gateway.port(), jobs);
    var _ = LoadGenerator.paced(connections, PER_SECOND, jobs.size());
    Jobs.awaitCompleted(database, PATIENCE);
  }

  private static Latencies beforeTheCall(JobSeries jobs, StubProvider provider) {
    return Latencies.ofNanos(
        IntStream.range(0, jobs.size())
            .mapToLong(number ->
                Objects.requireNonNull(provider.call(jobs.tag(number))).arrived()
                    - jobs.sentNanos(number)));
  }

  private static Latencies added(
      JobSeries jobs, StubProvider provider, Map<String, Long> finishedMicros) {
    return Latencies.ofNanos(
        IntStream.range(0, jobs.size())
            .mapToLong(number -> {
              var tag = jobs.tag(number);
              var call = Objects.requireNonNull(provider.call(tag), tag);
              long finished = Objects.requireNonNull(finishedMicros.get(tag), tag);
              return TimeUnit.MICROSECONDS.toNanos(finished - jobs.sentMicros(number))
                  - (call.answered() - call.arrived());
            }));
  }
}
