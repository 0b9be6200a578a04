package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Broker;
import dev.darkroom.benchmarks.stand.ChildProcess;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.ProcessorTime;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A cold worker meets a queue: how fast it empties it, and what each job costs in each process. */
public final class DrainBenchmark implements Benchmark {
  private static final int JOBS = 5_000;

  /** Until Java has compiled what a broker and a gateway do for a drain. */
  private static final int JOBS_AHEAD = 4 * JOBS;

  private static final int CONCURRENCY = 200;
  private static final int CONNECTIONS = 16;
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final int rounds;

  public DrainBenchmark(InstantSource clock, int rounds) {
    this.clock = clock;
    this.rounds = rounds;
  }

  private record DrainRound(
      double seconds,
      double secondsFromStart,
      double peakMemory,
      JobCosts spent,
      double starting,
      Written written) {}

  @Override
  public String name() {
    return "drain";
  }

  /**
   * Gateway and Kafka run before the worker does, so they are warm: a long drain goes ahead for
   * that.
   */
  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var taken = new ArrayList<DrainRound>();
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker)) {
      var scene = new Scene(stand, database, broker, provider, gateway);
      var ahead = drain(scene, new JobSeries("ahead", JOBS_AHEAD, clock));
      say.accept("ahead of it: %.0f jobs/s".formatted(JOBS_AHEAD / ahead.seconds()));
      for (int round = 1; round <= rounds; round++) {
        var drained = drain(scene, new JobSeries("drain" + round, JOBS, clock));
        say.accept(
            "round %d of %d: %.0f jobs/s, %.0f MiB"
                .formatted(round, rounds, JOBS / drained.seconds(), drained.peakMemory()));
        taken.add(drained);
      }
    }
    return findings(taken);
  }

  private record Scene(
      Stand stand,
      Database database,
      Broker broker,
      StubProvider provider,
      GatewayProcess gateway) {
    JobCosts costs(ChildProcess worker) throws IOException {
      return JobCosts.soFar(stand, gateway, worker, broker);
    }
  }

  private static DrainRound drain(Scene scene, JobSeries jobs) throws Exception {
    enqueue(scene, jobs);
    var writtenBefore = Written.by(scene.database);
    int callsBefore = scene.provider.arrivals();
    var began = System.nanoTime();
    try (var worker =
        scene.stand.worker(scene.database, scene.broker, scene.provider, CONCURRENCY)) {
      awaitCalls(callsBefore + 1, scene.provider, worker);
      var atFirstCall = scene.costs(worker);
      awaitCalls(callsBefore + jobs.size(), scene.provider, worker);
      Jobs.awaitCompleted(scene.database, PATIENCE);
      return new DrainRound(
          Steps.secondsOfCalls(scene.database, jobs),
          (System.nanoTime() - began) / 1e9,
          ProcessorTime.peakMemoryMib(worker.pid()),
          scene.costs(worker).since(atFirstCall),
          atFirstCall.worker(),
          Written.by(scene.database).since(writtenBefore));
    }
  }

  /** At the provider's, where it costs nothing to look: the ledger has its hands full. */
  private static void awaitCalls(int calls, StubProvider provider, ChildProcess worker)
      throws Exception {
    Await.until(
        "call " + calls,
        PATIENCE,
        Duration.ofMillis(5),
        () -> {
          worker.requireAlive();
          return provider.arrivals() >= calls;
        });
  }

  /** Accepted and on Kafka, while no worker runs. */
  private static void enqueue(Scene scene, JobSeries jobs) throws Exception {
    var connections = Submissions.open(CONNECTIONS, scene.gateway.port(), jobs);
    var accepted = LoadGenerator.closed(connections, PATIENCE, jobs.size()).latencies();
    if (accepted.count() < jobs.size()) {
      throw new IllegalStateException("not all jobs were accepted");
    }
    Jobs.awaitPublished(scene.database, PATIENCE);
    scene.database.execute("checkpoint");
  }

  private List<Finding> findings(List<DrainRound> rounds) {
    var findings = new Findings(name());
    findings.add(
        "5,000 queued jobs, cold worker, from its first claim",
        "jobs/s",
        Findings.median(rounds, round -> JOBS / round.seconds()),
        BenchmarkTarget.atLeast(1_100));
    findings.add(
        "the same, from the start of its process",
        "jobs/s",
        Findings.median(rounds, round -> JOBS / round.secondsFromStart()));
    findings.add(
        "largest memory (RSS) of the worker",
        "MiB",
        Findings.median(rounds, DrainRound::peakMemory),
        BenchmarkTarget.atMost(330));
    JobCosts.add(findings, "processor time per job, ", rounds, DrainRound::spent, JOBS);
    findings.add(
        "processor time of the worker before its first call",
        "ms",
        Findings.median(rounds, DrainRound::starting));
    Written.add(findings, "", rounds, DrainRound::written, JOBS);
    return findings.all();
  }
}
