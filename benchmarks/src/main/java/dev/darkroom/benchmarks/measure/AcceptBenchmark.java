package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.load.TwoRowTransaction;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How many jobs a gateway accepts. The floor is the transaction that accepting is made of, on as
 * many connections to PostgreSQL.
 */
public final class AcceptBenchmark implements Benchmark {
  private static final int CONNECTIONS = 64;
  private static final int AT_MOST = 200_000;
  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final int WARM_UP_JOBS = 25_000;
  private static final Duration ROUND = Duration.ofSeconds(6);

  private record AcceptRound(LoadGenerator.LoadOutcome gateway, LoadGenerator.LoadOutcome floor) {}

  private final InstantSource clock;
  private final int rounds;

  public AcceptBenchmark(InstantSource clock, int rounds) {
    this.clock = clock;
    this.rounds = rounds;
  }

  @Override
  public String name() {
    return "accept";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    var floor = stand.freshDatabase();
    var taken = new ArrayList<AcceptRound>();
    try (var broker = stand.freshBroker();
        var gateway = stand.gateway(database, broker)) {
      say.accept("warming up gateway and floor");
      var _ = submit(gateway, database, WARM_UP, WARM_UP_JOBS);
      var _ = commit(floor, WARM_UP, WARM_UP_JOBS);
      for (int round = 1; round <= rounds; round++) {
        var committed = commit(floor, ROUND, AT_MOST);
        var submitted = submit(gateway, database, ROUND, AT_MOST);
        say.accept(
            "round %d of %d: %.0f jobs/s accepted, %.0f transactions/s at the floor"
                .formatted(round, rounds, submitted.perSecond(), committed.perSecond()));
        taken.add(new AcceptRound(submitted, committed));
      }
    }
    return findings(taken);
  }

  private List<Finding> findings(List<AcceptRound> rounds) {
    var findings = new Findings(name());
    findings.add(
        "jobs accepted at 64 connections",
        "/s",
        Findings.median(rounds, round -> round.gateway().perSecond()),
        Findings.median(rounds, round -> round.floor().perSecond()),
        BenchmarkTarget.ratioAtLeast(0.6));
    findings.add(
        "p50",
        "ms",
        Findings.median(rounds, round -> round.gateway().latencies().p50()),
        Findings.median(rounds, round -> round.floor().latencies().p50()));
    findings.add(
        "p99",
        "ms",
        Findings.median(rounds, round -> round.gateway().latencies().p99()),
        Findings.median(rounds, round -> round.floor().latencies().p99()),
        BenchmarkTarget.ratioAtMost(2));
    findings.add(
        "turned away with 503",
        "",
        rounds.stream().mapToInt(round -> round.gateway().declined()).sum(),
        BenchmarkTarget.atMost(0));
    return findings.all();
  }

  /** Waits afterwards until Kafka has the jobs, so that their publishing disturbs no floor. */
  private LoadGenerator.LoadOutcome submit(
      GatewayProcess gateway, Database database, Duration time, int atMost) throws Exception {
    var jobs = new JobSeries("accept", atMost, clock);
    var connections = Submissions.open(CONNECTIONS, gateway.port(), jobs);
    try {
      return LoadGenerator.closed(connections, time, atMost);
    } finally {
      Jobs.awaitPublished(database, Duration.ofMinutes(1));
    }
  }

  /** The floor: the same rows on as many connections as there are clients. */
  static LoadGenerator.LoadOutcome commit(Database database, Duration time, int atMost)
      throws Exception {
    var connections = new ArrayList<TwoRowTransaction>();
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(new TwoRowTransaction(database.connect()));
    }
    return LoadGenerator.closed(connections, time, atMost);
  }
}
