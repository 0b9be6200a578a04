package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Load;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.results.Target;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Broker;
import dev.darkroom.benchmarks.stand.ChildProcess;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.Gateway;
import dev.darkroom.benchmarks.stand.ProcessorTime;
import dev.darkroom.benchmarks.stand.Provider;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A cold worker meets a queue: how fast it empties it, and what each job costs in each process. */
public final class MeasureDrain implements Measure {
  private static final int JOBS = 5_000;
  private static final int CONCURRENCY = 200;
  private static final int ROUNDS = 3;
  private static final int CONNECTIONS = 16;
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final InstantSource clock;

  public MeasureDrain(InstantSource clock) {
    this.clock = clock;
  }

  /** Processor time of each process, in milliseconds. */
  private record Spent(
      double gateway, double worker, double postgres, double kafka, double benchmark) {
    Spent since(Spent earlier) {
      return new Spent(
          gateway - earlier.gateway,
          worker - earlier.worker,
          postgres - earlier.postgres,
          kafka - earlier.kafka,
          benchmark - earlier.benchmark);
    }
  }

  private record Round(
      double seconds, double secondsFromStart, double peakMemory, Spent spent, double starting) {}

  @Override
  public String name() {
    return "drain";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var rounds = new ArrayList<Round>();
    for (int round = 1; round <= ROUNDS; round++) {
      rounds.add(round(stand, say));
      say.accept(
          "round %d of %d: %.0f jobs/s, %.0f MiB"
              .formatted(
                  round, ROUNDS, JOBS / rounds.getLast().seconds(), rounds.getLast().peakMemory()));
    }
    return findings(rounds);
  }

  private Round round(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = Provider.start(LATENCY);
        var gateway = stand.gateway(database, broker)) {
      say.accept("queueing %,d jobs".formatted(JOBS));
      enqueue(gateway, database);
      database.execute("checkpoint");
      var began = System.nanoTime();
      try (var worker = stand.worker(database, broker, provider, CONCURRENCY)) {
        Await.until(
            "the first call",
            PATIENCE,
            Duration.ofMillis(5),
            () -> {
              worker.requireAlive();
              return provider.calls() > 0;
            });
        var atFirstCall = spent(stand, gateway, worker, broker);
        Jobs.awaitCompleted(database, PATIENCE);
        return new Round(
            secondsFromFirstClaim(database),
            (System.nanoTime() - began) / 1e9,
            ProcessorTime.peakMemoryMib(worker.pid()),
            spent(stand, gateway, worker, broker).since(atFirstCall),
            atFirstCall.worker());
      }
    }
  }

  private void enqueue(Gateway gateway, Database database) throws Exception {
    var jobs = new JobSeries("drain", JOBS, clock);
    var connections = Submissions.open(CONNECTIONS, gateway.port(), jobs);
    try {
      if (Load.closed(connections, PATIENCE, JOBS).latencies().count() < JOBS) {
        throw new IllegalStateException("not all jobs were accepted");
      }
    } finally {
      Load.close(connections);
    }
    Jobs.awaitPublished(database, PATIENCE);
  }

  private static double secondsFromFirstClaim(Database database) throws SQLException {
    return database.ask(
        """
        select extract(epoch from max(finished_at) -
          (select min(created_at) from public.generation_logs where step = 'calling_nebius_api'))
        from public.generation_jobs
        """);
  }

  private static Spent spent(Stand stand, Gateway gateway, ChildProcess worker, Broker broker)
      throws IOException {
    return new Spent(
        ProcessorTime.millis(gateway.process().pid()),
        ProcessorTime.millis(worker.pid()),
        ProcessorTime.millisWithChildren(stand.postmaster()),
        ProcessorTime.millis(broker.process().pid()),
        ProcessorTime.millis(ProcessHandle.current().pid()));
  }

  private List<Finding> findings(List<Round> rounds) {
    var findings = new Findings(name());
    findings.add(
        "5,000 queued jobs, cold worker, from its first claim",
        "jobs/s",
        Findings.median(rounds, round -> JOBS / round.seconds()),
        Target.atLeast(1_100));
    findings.add(
        "the same, from the start of its process",
        "jobs/s",
        Findings.median(rounds, round -> JOBS / round.secondsFromStart()));
    findings.add(
        "largest memory (RSS) of the worker",
        "MiB",
        Findings.median(rounds, Round::peakMemory),
        Target.atMost(330));
    perJob(findings, "gateway", Findings.median(rounds, round -> round.spent().gateway()));
    perJob(findings, "worker", Findings.median(rounds, round -> round.spent().worker()));
    perJob(findings, "PostgreSQL", Findings.median(rounds, round -> round.spent().postgres()));
    perJob(findings, "Kafka", Findings.median(rounds, round -> round.spent().kafka()));
    perJob(findings, "provider stub", Findings.median(rounds, round -> round.spent().benchmark()));
    findings.add(
        "processor time of the worker before its first call",
        "ms",
        Findings.median(rounds, Round::starting));
    return findings.all();
  }

  private static void perJob(Findings findings, String process, double millis) {
    findings.add("processor time per job, " + process, "ms", millis / JOBS);
  }
}
