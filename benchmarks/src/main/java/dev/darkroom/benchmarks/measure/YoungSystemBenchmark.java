package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.DispatchFloor;
import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.KafkaClients;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.load.TwoRowTransaction;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Broker;
import dev.darkroom.benchmarks.stand.ChildProcess;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What a deployment, a restart and a new worker get: all processes but PostgreSQL are new in each
 * round, and have seen 600 jobs. First jobs at a steady rate; then, with processes that are new
 * again, a crowd of clients, whose jobs a cold worker drains.
 */
public final class YoungSystemBenchmark implements Benchmark {
  private static final int WARM_UP_JOBS = 600;
  private static final double WARM_UP_PER_SECOND = 100;
  private static final int CALM_JOBS = 200;
  private static final double CALM_PER_SECOND = 20;
  private static final int STEADY_JOBS = 2_000;
  private static final double STEADY_PER_SECOND = 100;
  private static final int CROWD_JOBS = 5_000;
  private static final int CROWD = 64;
  private static final int CONNECTIONS = 8;
  private static final int CONCURRENCY = 200;
  private static final String FLOOR_TOPIC = "floor";
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final InstantSource clock;
  private final int rounds;

  public YoungSystemBenchmark(InstantSource clock, int rounds) {
    this.clock = clock;
    this.rounds = rounds;
  }

  /**
   * @param arrived from the sending of the POST until the call arrives at the provider
   * @param added from the sending of the POST until the job is completed, less the provider's time
   * @param busy share of both processors that the system took
   * @param requests to Kafka per job, whoever made them
   * @param written by PostgreSQL for all of the jobs
   */
  private record PacedLoad(
      Latencies arrived,
      Latencies added,
      JobCosts costs,
      double busy,
      double requests,
      Written written) {}

  private record CrowdLoad(
      LoadGenerator.LoadOutcome accepted,
      LoadGenerator.LoadOutcome floor,
      double drainSeconds,
      JobCosts draining) {}

  private record YoungRound(PacedLoad calm, PacedLoad steady, Latencies floor, CrowdLoad crowd) {}

  /** The processes of a round, and the database they work on. */
  private record YoungScene(
      Stand stand,
      Database database,
      Broker broker,
      StubProvider provider,
      GatewayProcess gateway,
      ChildProcess worker) {
    JobCosts costs() throws Exception {
      return JobCosts.soFar(stand, gateway, worker, broker);
    }
  }

  @Override
  public String name() {
    return "young";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var taken = new ArrayList<YoungRound>();
    for (int round = 1; round <= rounds; round++) {
      taken.add(round(stand));
      var last = taken.getLast();
      say.accept(
          "round %d of %d: dispatch %.1f / %.1f ms, at 100/s %.1f / %.1f ms, accept %.0f/s, drain %.0f/s"
              .formatted(
                  round,
                  rounds,
                  last.calm().arrived().p50(),
                  last.calm().arrived().p99(),
                  last.steady().added().p50(),
                  last.steady().added().p99(),
                  last.crowd().accepted().perSecond(),
                  CROWD_JOBS / last.crowd().drainSeconds()));
    }
    return findings(taken);
  }

  private YoungRound round(Stand stand) throws Exception {
    var database = stand.freshDatabase();
    PacedLoad calm;
    PacedLoad steady;
    Latencies floor;
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker);
        var worker = stand.worker(database, broker, provider, CONCURRENCY)) {
      var scene = new YoungScene(stand, database, broker, provider, gateway, worker);
      submit(scene, new JobSeries("warm", WARM_UP_JOBS, clock), WARM_UP_PER_SECOND);
      calm = paced(scene, new JobSeries("calm", CALM_JOBS, clock), CALM_PER_SECOND);
      steady = paced(scene, new JobSeries("steady", STEADY_JOBS, clock), STEADY_PER_SECOND);
      floor = floor(stand.freshDatabase(), broker);
    }
    return new YoungRound(calm, steady, floor, crowd(stand));
  }

  private CrowdLoad crowd(Stand stand) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker)) {
      try (var worker = stand.worker(database, broker, provider, CONCURRENCY)) {
        var scene = new YoungScene(stand, database, broker, provider, gateway, worker);
        submit(scene, new JobSeries("warm", WARM_UP_JOBS, clock), WARM_UP_PER_SECOND);
      }
      var jobs = new JobSeries("crowd", CROWD_JOBS, clock);
      var accepted =
          LoadGenerator.closed(Submissions.open(CROWD, gateway.port(), jobs), PATIENCE, CROWD_JOBS);
      Jobs.awaitPublished(database, PATIENCE);
      var floor = AcceptBenchmark.commit(stand.freshDatabase(), PATIENCE, CROWD_JOBS);
      database.execute("checkpoint");
      try (var worker = stand.worker(database, broker, provider, CONCURRENCY)) {
        var scene = new YoungScene(stand, database, broker, provider, gateway, worker);
        Await.until(
            "the first call",
            PATIENCE,
            Duration.ofMillis(5),
            () -> {
              worker.requireAlive();
              return provider.arrivals() > WARM_UP_JOBS;
            });
        var before = scene.costs();
        Await.until(
            "the last call",
            PATIENCE,
            Duration.ofMillis(5),
            () -> provider.arrivals() >= WARM_UP_JOBS + CROWD_JOBS);
        Jobs.awaitCompleted(database, PATIENCE);
        return new CrowdLoad(
            accepted, floor, Steps.secondsOfCalls(database, jobs), scene.costs().since(before));
      }
    }
  }

  private static void submit(YoungScene scene, JobSeries jobs, double perSecond) throws Exception {
    var connections = Submissions.open(CONNECTIONS, scene.gateway().port(), jobs);
    var _ = LoadGenerator.paced(connections, perSecond, jobs.size());
    Jobs.awaitCompleted(scene.database(), PATIENCE);
  }

  private static PacedLoad paced(YoungScene scene, JobSeries jobs, double perSecond)
      throws Exception {
    var before = scene.costs();
    long requestsBefore = scene.broker().requests();
    var writtenBefore = Written.by(scene.database());
    long began = System.nanoTime();
    submit(scene, jobs, perSecond);
    double seconds = (System.nanoTime() - began) / 1e9;
    var costs = scene.costs().since(before);
    double requests = scene.broker().requests() - requestsBefore;
    var written = Written.by(scene.database()).since(writtenBefore);
    var finished = Steps.micros(scene.database(), jobs, "image_generated");
    return new PacedLoad(
        DispatchBenchmark.latencies(
            jobs,
            number ->
                Objects.requireNonNull(scene.provider().call(jobs.tag(number))).arrived()
                    - jobs.sentNanos(number)),
        DispatchBenchmark.latencies(
            jobs,
            number -> {
              var call = Objects.requireNonNull(scene.provider().call(jobs.tag(number)));
              long end = Objects.requireNonNull(finished.get(jobs.tag(number)));
              return TimeUnit.MICROSECONDS.toNanos(end - jobs.sentMicros(number))
                  - (call.answered() - call.arrived());
            }),
        costs,
        costs.sum() / 1e3 / seconds / Runtime.getRuntime().availableProcessors(),
        requests / jobs.size(),
        written);
  }

  /** What must happen before a call may be sent, at the same rate on the same broker. */
  private static Latencies floor(Database database, Broker broker) throws Exception {
    var kafka = new KafkaClients(broker.bootstrapServers());
    kafka.createTopic(FLOOR_TOPIC);
    try (var producer = kafka.producer()) {
      var connections = new ArrayList<DispatchFloor>();
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(
            new DispatchFloor(new TwoRowTransaction(database.connect()), producer, FLOOR_TOPIC));
      }
      return LoadGenerator.paced(connections, CALM_PER_SECOND, CALM_JOBS).latencies();
    }
  }

  private List<Finding> findings(List<YoungRound> rounds) {
    var findings = new Findings(name());
    findings.add(
        "jobs accepted at 64 connections",
        "/s",
        Findings.median(rounds, round -> round.crowd().accepted().perSecond()),
        Findings.median(rounds, round -> round.crowd().floor().perSecond()),
        BenchmarkTarget.atLeast(5_000));
    findings.add(
        "the same, p99",
        "ms",
        Findings.median(rounds, round -> round.crowd().accepted().latencies().p99()),
        Findings.median(rounds, round -> round.crowd().floor().latencies().p99()),
        BenchmarkTarget.atMost(24));
    findings.add(
        "POST sent → call arrives, 20 jobs/s, p50",
        "ms",
        Findings.median(rounds, round -> round.calm().arrived().p50()),
        Findings.median(rounds, round -> round.floor().p50()),
        BenchmarkTarget.atMost(5));
    findings.add(
        "POST sent → call arrives, 20 jobs/s, p99",
        "ms",
        Findings.median(rounds, round -> round.calm().arrived().p99()),
        Findings.median(rounds, round -> round.floor().p99()),
        BenchmarkTarget.atMost(11));
    findings.add(
        "added to the provider's time, 100 jobs/s, p50",
        "ms",
        Findings.median(rounds, round -> round.steady().added().p50()),
        BenchmarkTarget.atMost(5.4));
    findings.add(
        "added to the provider's time, 100 jobs/s, p99",
        "ms",
        Findings.median(rounds, round -> round.steady().added().p99()),
        BenchmarkTarget.atMost(22));
    findings.add(
        "5,000 queued jobs, cold worker, from its first claim",
        "jobs/s",
        Findings.median(rounds, round -> CROWD_JOBS / round.crowd().drainSeconds()),
        BenchmarkTarget.atLeast(900));
    findings.add(
        "processors busy at 20 jobs/s",
        "%",
        100 * Findings.median(rounds, round -> round.calm().busy()),
        BenchmarkTarget.atMost(15));
    findings.add(
        "processors busy at 100 jobs/s",
        "%",
        100 * Findings.median(rounds, round -> round.steady().busy()),
        BenchmarkTarget.atMost(45));
    findings.add(
        "requests to Kafka per job, 20 jobs/s",
        "",
        Findings.median(rounds, round -> round.calm().requests()),
        BenchmarkTarget.atMost(4));
    findings.add(
        "requests to Kafka per job, 100 jobs/s",
        "",
        Findings.median(rounds, round -> round.steady().requests()));
    Written.add(findings, "20/s: ", rounds, round -> round.calm().written(), CALM_JOBS);
    Written.add(findings, "100/s: ", rounds, round -> round.steady().written(), STEADY_JOBS);
    JobCosts.add(
        findings, "20/s: processor time per job, ", rounds, r -> r.calm().costs(), CALM_JOBS);
    JobCosts.add(
        findings, "100/s: processor time per job, ", rounds, r -> r.steady().costs(), STEADY_JOBS);
    JobCosts.add(
        findings, "drain: processor time per job, ", rounds, r -> r.crowd().draining(), CROWD_JOBS);
    return findings.all();
  }
}
