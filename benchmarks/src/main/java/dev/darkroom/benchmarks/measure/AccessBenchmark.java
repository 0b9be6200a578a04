package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.LoadGenerator.LoadOutcome;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Broker;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.OwnerKey;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to ask who somebody is: the same load on a gateway that asks each request for a key
 * and, as the floor, on one that asks nobody. Processes are new for each; which comes first changes
 * from round to round.
 */
public final class AccessBenchmark implements Benchmark {
  private static final int WARM_UP_JOBS = 600;
  private static final double WARM_UP_PER_SECOND = 100;
  private static final int CALM_JOBS = 240;
  private static final double CALM_PER_SECOND = 20;
  private static final int CONNECTIONS = 8;
  private static final int CROWD = 64;

  /** As for {@link AcceptBenchmark}. */
  private static final Duration CROWD_WARM_UP = Duration.ofSeconds(30);

  private static final int CROWD_WARM_UP_JOBS = 25_000;
  private static final Duration CROWD_TIME = Duration.ofSeconds(6);
  private static final int CROWD_JOBS = 50_000;
  private static final int CONCURRENCY = 200;
  private static final int UNLIMITED = 1_000_000;
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final double NEXT_TO_NOTHING = 0.1;

  private final InstantSource clock;
  private final int rounds;

  public AccessBenchmark(InstantSource clock, int rounds) {
    this.clock = clock;
    this.rounds = rounds;
  }

  /**
   * Of one gateway.
   *
   * @param arrived from the sending of the POST until the call arrives at the provider
   */
  private record AccessLoad(Latencies arrived, LoadOutcome accepted) {}

  private record AccessRound(AccessLoad open, AccessLoad required) {}

  @Override
  public String name() {
    return "access";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var taken = new ArrayList<AccessRound>();
    for (int round = 1; round <= rounds; round++) {
      var before = round % 2 == 0 ? required(stand) : null;
      var open = open(stand);
      taken.add(new AccessRound(open, before == null ? required(stand) : before));
      say.accept(
          "round %d of %d: open %.0f/s, %.1f / %.1f ms; required %.0f/s, %.1f / %.1f ms"
              .formatted(
                  round,
                  rounds,
                  open.accepted().perSecond(),
                  open.arrived().p50(),
                  open.arrived().p99(),
                  taken.getLast().required().accepted().perSecond(),
                  taken.getLast().required().arrived().p50(),
                  taken.getLast().required().arrived().p99()));
    }
    return findings(taken);
  }

  private AccessLoad open(Stand stand) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var gateway = stand.gateway(database, broker)) {
      return load(stand, database, broker, gateway, null);
    }
  }

  private AccessLoad required(Stand stand) throws Exception {
    var database = stand.freshDatabase();
    var key = OwnerKey.make(database, 1, UNLIMITED);
    try (var broker = stand.freshBroker();
        var gateway = stand.gatewayThatAsks(database, broker)) {
      return load(stand, database, broker, gateway, key.text());
    }
  }

  private AccessLoad load(
      Stand stand, Database database, Broker broker, GatewayProcess gateway, @Nullable String key)
      throws Exception {
    Latencies arrived;
    try (var provider = StubProvider.start(LATENCY);
        var _ = stand.worker(database, broker, provider, CONCURRENCY)) {
      submit(new JobSeries("warm", WARM_UP_JOBS, clock), WARM_UP_PER_SECOND, gateway, key);
      Jobs.awaitCompleted(database, PATIENCE);
      var calm = new JobSeries("calm", CALM_JOBS, clock);
      submit(calm, CALM_PER_SECOND, gateway, key);
      Jobs.awaitCompleted(database, PATIENCE);
      arrived =
          DispatchBenchmark.latencies(
              calm,
              number ->
                  Objects.requireNonNull(provider.call(calm.tag(number))).arrived()
                      - calm.sentNanos(number));
    }
    var _ = crowd("first crowd", CROWD_WARM_UP, CROWD_WARM_UP_JOBS, gateway, key);
    return new AccessLoad(arrived, crowd("crowd", CROWD_TIME, CROWD_JOBS, gateway, key));
  }

  private LoadOutcome crowd(
      String name, Duration time, int most, GatewayProcess gateway, @Nullable String key)
      throws Exception {
    var jobs = new JobSeries(name, most, clock);
    return LoadGenerator.closed(Submissions.open(CROWD, gateway.port(), jobs, key), time, most);
  }

  private static void submit(
      JobSeries jobs, double perSecond, GatewayProcess gateway, @Nullable String key)
      throws Exception {
    var connections = Submissions.open(CONNECTIONS, gateway.port(), jobs, key);
    var _ = LoadGenerator.paced(connections, perSecond, jobs.size());
  }

  private List<Finding> findings(List<AccessRound> rounds) {
    var findings = new Findings(name());
    findings.add(
        "jobs accepted at 64 connections, with keys",
        "/s",
        Findings.median(rounds, round -> round.required().accepted().perSecond()),
        Findings.median(rounds, round -> round.open().accepted().perSecond()),
        BenchmarkTarget.ratioAtLeast(1 - NEXT_TO_NOTHING));
    findings.add(
        "the same, p99",
        "ms",
        Findings.median(rounds, round -> round.required().accepted().latencies().p99()),
        Findings.median(rounds, round -> round.open().accepted().latencies().p99()));
    findings.add(
        "POST sent → call arrives, 20 jobs/s, with keys, p50",
        "ms",
        Findings.median(rounds, round -> round.required().arrived().p50()),
        Findings.median(rounds, round -> round.open().arrived().p50()),
        BenchmarkTarget.ratioAtMost(1 + NEXT_TO_NOTHING));
    findings.add(
        "the same, p99",
        "ms",
        Findings.median(rounds, round -> round.required().arrived().p99()),
        Findings.median(rounds, round -> round.open().arrived().p99()));
    return findings.all();
  }
}
