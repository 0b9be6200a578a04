package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.LoadGenerator.LoadOutcome;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.OwnerKey;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One owner submits twice as much as one may, and several times what the workers do; another has a
 * few jobs. How long do these wait, beside how long they would wait alone?
 */
public final class NoisyOwnerBenchmark implements Benchmark {
  private static final Duration CALL = Duration.ofMillis(500);
  private static final int SLOTS = 16;
  private static final double QUIET_PER_SECOND = 4;
  private static final int QUIET_JOBS = 240;
  private static final int QUIET_CONNECTIONS = 2;
  private static final double NOISY_PER_SECOND = 200;
  private static final int NOISY_CONNECTIONS = 16;
  private static final int WARM_UP_JOBS = 1_200;
  private static final double WARM_UP_PER_SECOND = 25;
  private static final int BY_DEFAULT = 0;
  private static final Duration AHEAD = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String OPEN_JOBS_OF_QUIET =
      """
      select count(*) from public.generation_jobs where owner = 'owner-2' and finished_at is null
      """;

  private final InstantSource clock;

  public NoisyOwnerBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "owners";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    var noisy = OwnerKey.make(database, 1, BY_DEFAULT);
    var quiet = OwnerKey.make(database, 2, BY_DEFAULT);
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(CALL);
        var gateway = stand.gatewayThatAsks(database, broker);
        var _ = stand.worker(database, broker, provider, SLOTS)) {
      say.accept("warming up");
      var warmUp = new JobSeries("warm", WARM_UP_JOBS, clock);
      var _ = submit(warmUp, noisy, WARM_UP_PER_SECOND, NOISY_CONNECTIONS, gateway);
      Jobs.awaitCompleted(database, PATIENCE);
      say.accept("alone");
      var alone = pictures(new JobSeries("alone", QUIET_JOBS, clock), quiet, gateway, database);
      say.accept("beside the other one");
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Callable<LoadOutcome> flooding = () -> flood(noisy, gateway);
        var flood = threads.submit(flooding);
        Thread.sleep(AHEAD);
        var beside = pictures(new JobSeries("beside", QUIET_JOBS, clock), quiet, gateway, database);
        return findings(alone, beside, flood.get());
      }
    }
  }

  /** Longer than the jobs of the quiet one are submitted. */
  private LoadOutcome flood(OwnerKey noisy, GatewayProcess gateway) throws Exception {
    var seconds = AHEAD.toSeconds() + QUIET_JOBS / QUIET_PER_SECOND + 5;
    var jobs = new JobSeries("flood", (int) (NOISY_PER_SECOND * seconds), clock);
    return submit(jobs, noisy, NOISY_PER_SECOND, NOISY_CONNECTIONS, gateway);
  }

  private static LoadOutcome submit(
      JobSeries jobs, OwnerKey key, double perSecond, int connections, GatewayProcess gateway)
      throws Exception {
    return LoadGenerator.paced(
        Submissions.open(connections, gateway.port(), jobs, key.text()), perSecond, jobs.size());
  }

  /** From the sending of each POST until the job's picture is there. */
  private static Latencies pictures(
      JobSeries jobs, OwnerKey quiet, GatewayProcess gateway, Database database) throws Exception {
    var submitted = submit(jobs, quiet, QUIET_PER_SECOND, QUIET_CONNECTIONS, gateway);
    if (submitted.declined() > 0) {
      throw new IllegalStateException("jobs of the quiet owner were declined");
    }
    Await.until(
        "the jobs of the quiet owner have ended",
        PATIENCE,
        Duration.ofMillis(200),
        () -> database.ask(OPEN_JOBS_OF_QUIET) == 0);
    var finished = Steps.micros(database, jobs, "image_generated");
    return DispatchBenchmark.latencies(
        jobs,
        number ->
            TimeUnit.MICROSECONDS.toNanos(
                Objects.requireNonNull(finished.get(jobs.tag(number))) - jobs.sentMicros(number)));
  }

  private List<Finding> findings(Latencies alone, Latencies beside, LoadOutcome flood) {
    var findings = new Findings(name());
    findings.add(
        "POST → picture of a quiet owner, beside a flood, p50", "ms", beside.p50(), alone.p50());
    findings.add(
        "the same, p99", "ms", beside.p99(), alone.p99(), BenchmarkTarget.ratioAtMost(1.5));
    findings.add("jobs of the flood accepted", "/s", flood.perSecond());
    findings.add("jobs of the flood declined", "", flood.declined());
    return findings.all();
  }
}
