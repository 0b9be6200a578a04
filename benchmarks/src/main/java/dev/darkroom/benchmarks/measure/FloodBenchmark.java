package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.Flood;
import dev.darkroom.benchmarks.load.Flood.ReadingSpeed;
import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Broker;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Heap;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * What a flood of readers from one address does to everybody else: jobs are submitted beside it at
 * a steady rate, and a worker with jobs in hand is killed meanwhile. Give the gateway {@code
 * -Xmx512m} by {@code darkroom.benchmarks.gateway-java} to see that its heap is bounded.
 */
public final class FloodBenchmark implements Benchmark {
  private static final int ROWS = 2_000_000;
  private static final int LARGE_ROWS = 2_000;
  private static final double PER_SECOND = 50;
  private static final int CONNECTIONS = 16;
  private static final Duration HALF = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration CALL = Duration.ofMinutes(2);
  private static final int IN_HAND = 20;

  /** A lease of 30 s, and five more. */
  private static final double RESCUE_SECONDS = 35;

  private static final double HEAP_MIB = 400;

  private static final String TAKEN =
      """
      select count(*) from public.generation_logs
      where step = 'attempt_outcome_unknown' and created_at > to_timestamp(?)
      """;

  private static final String LAST_TAKEN =
      """
      select extract(epoch from max(created_at)) from public.generation_logs
      where step = 'attempt_outcome_unknown' and created_at > to_timestamp(?)
      """;

  private final Clock clock;

  public FloodBenchmark(Clock clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "floods";
  }

  private record Attack(String what, int clients, IntFunction<String> path, ReadingSpeed speed) {}

  private List<Attack> attacks() {
    return List.of(
        new Attack(
            "300 counting readers",
            300,
            _ ->
                "/api/logs?limit=1&since=2020-01-01T00:00:00.%09dZ"
                    .formatted(ThreadLocalRandom.current().nextInt(1_000_000_000)),
            ReadingSpeed.AS_FAST_AS_IT_CAN),
        new Attack(
            "100 slow readers of large pages",
            100,
            _ -> "/api/logs?limit=500&userId=large",
            ReadingSpeed.A_BYTE_NOW_AND_THEN),
        new Attack(
            "64 searchers",
            64,
            client -> client % 2 == 0 ? "/api/logs?q=sea%20stormy" : "/api/logs?q=zq",
            ReadingSpeed.AS_FAST_AS_IT_CAN),
        new Attack(
            "5,000 streams",
            5_000,
            _ -> "/api/events?userId=anonymous&lastEventId=0",
            ReadingSpeed.AS_FAST_AS_IT_CAN));
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var findings = new Findings(name());
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(CALL);
        var gateway = stand.gateway(database, broker)) {
      say.accept("making %,d rows".formatted(ROWS));
      fill(database);
      say.accept("warming up");
      var _ = submit(gateway, "warm", Duration.ofSeconds(20));
      say.accept("without a flood");
      var quiet = submit(gateway, "quiet", Duration.ofSeconds(30));
      findings.add("POST without a flood, p50", "ms", quiet.latencies().p50());
      findings.add("POST without a flood, p99", "ms", quiet.latencies().p99());
      for (var attack : attacks()) {
        say.accept(attack.what());
        try {
          beside(
              attack, new Stage(stand, database, broker, provider, gateway), quiet, findings, say);
        } catch (IOException | ExecutionException | IllegalStateException e) {
          say.accept("failed, the others go on: " + e);
        }
      }
    }
    return findings.all();
  }

  private record Stage(
      Stand stand,
      Database database,
      Broker broker,
      StubProvider provider,
      GatewayProcess gateway) {}

  private void beside(
      Attack attack,
      Stage stage,
      LoadGenerator.LoadOutcome quiet,
      Findings findings,
      Consumer<String> say)
      throws Exception {
    var halves = new ArrayList<LoadGenerator.LoadOutcome>();
    double heap;
    double rescue;
    try (var flood =
            Flood.of(attack.clients(), stage.gateway().port(), attack.path(), attack.speed());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Double> killing = () -> rescueSeconds(stage);
      var rescued = threads.submit(killing);
      halves.add(submit(stage.gateway(), attack.what(), HALF));
      heap = Heap.usedMib(stage.gateway().process());
      halves.add(submit(stage.gateway(), attack.what(), HALF));
      rescue = rescued.get();
      say.accept("answers by status: " + flood.answers());
      say.accept("rescued after %.1f s, heap %.0f MiB".formatted(rescue, heap));
    }
    stage.gateway().process().requireAlive();
    var beside = ", beside " + attack.what();
    var before = quiet.latencies();
    var latencies =
        Latencies.together(halves.stream().map(LoadGenerator.LoadOutcome::latencies).toList());
    findings.add("POST, p50" + beside, "ms", latencies.p50(), before.p50());
    findings.add(
        "POST, p99" + beside,
        "ms",
        latencies.p99(),
        before.p99(),
        BenchmarkTarget.ratioAtMost(1.5));
    findings.add(
        "POST, 503" + beside,
        "",
        halves.stream().mapToInt(LoadGenerator.LoadOutcome::declined).sum(),
        BenchmarkTarget.atMost(0));
    findings.add("heap of the gateway" + beside, "MiB", heap, BenchmarkTarget.atMost(HEAP_MIB));
    findings.add(
        "worker killed → its jobs are due again" + beside,
        "s",
        rescue,
        BenchmarkTarget.atMost(RESCUE_SECONDS));
  }

  /** Until the last of its jobs was taken from a worker that is killed with jobs in hand. */
  private double rescueSeconds(Stage stage) throws Exception {
    var provider = stage.provider();
    var called = provider.arrivals() + IN_HAND;
    try (var worker = stage.stand().worker(stage.database(), stage.broker(), provider, IN_HAND)) {
      Await.until("the worker calls", PATIENCE, LOOK, () -> provider.arrivals() >= called);
      worker.kill();
    }
    var killed = clock.instant().toEpochMilli() / 1000.0;
    var database = stage.database();
    Await.until(
        "the jobs are due again", PATIENCE, LOOK, () -> database.ask(TAKEN, killed) >= IN_HAND);
    return database.ask(LAST_TAKEN, killed) - killed;
  }

  private LoadGenerator.LoadOutcome submit(GatewayProcess gateway, String name, Duration time)
      throws Exception {
    var count = (int) (PER_SECOND * time.toSeconds());
    var connections =
        Submissions.open(
            CONNECTIONS, gateway.port(), new JobSeries(name.replaceAll("\\W", ""), count, clock));
    return LoadGenerator.paced(connections, PER_SECOND, count);
  }

  private static void fill(Database database) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
                select gen_random_uuid(), 'user-' || n % 1000,
                  'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || n,
                  'completed', 'image_generated', timestamptz '2026-01-01' + n * interval '1 s'
                from generate_series(1, ?) as n
                union all
                select gen_random_uuid(), 'large', repeat(?, 2000), 'processing', 'calling_nebius_api',
                  timestamptz '2026-01-01' + n * interval '1 s'
                from generate_series(1, ?) as n
                """)) {
      statement.setInt(1, ROWS);
      statement.setString(2, "\uD83D\uDE00");
      statement.setInt(3, LARGE_ROWS);
      statement.executeUpdate();
    }
    database.execute("vacuum (analyze) public.generation_logs");
    database.execute("checkpoint");
  }
}
