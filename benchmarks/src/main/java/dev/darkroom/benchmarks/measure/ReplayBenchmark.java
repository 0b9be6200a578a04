package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.HttpConnection;
import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Many failed jobs of one user are replayed by one call, and one of two gateways is killed in the
 * middle, while another user submits a job a second: how long do that one's jobs take from
 * acceptance to their ends, beside what they take alone?
 */
public final class ReplayBenchmark implements Benchmark {
  private static final int FAILED = 5_000;
  private static final int SLOTS = 16;
  private static final Duration CALL = Duration.ofMillis(500);
  private static final int WARM_UP_JOBS = 20;
  private static final int ALONE = 40;
  private static final int BESIDE = 110;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofMillis(200);

  private static final String P95 =
      """
      select 1000 * percentile_cont(0.95) within group (order by extract(epoch from finished_at - created_at))
      from public.generation_jobs where status = 'completed' and request ->> 'prompt' like ?
      """;

  private final InstantSource clock;

  public ReplayBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    say.accept("making %,d jobs that have failed".formatted(FAILED));
    fill(database);
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(CALL);
        var gateway = stand.gateway(database, broker);
        var killed = stand.gateway(database, broker);
        var _ = stand.worker(database, broker, provider, SLOTS, Stand.ALL_COMPILERS)) {
      say.accept("warming up, then the other user alone");
      var _ = submit(gateway, new JobSeries("warm", WARM_UP_JOBS, clock));
      var alone = new JobSeries("alone", ALONE, clock);
      var _ = submit(gateway, alone);
      Jobs.awaitEnded(database, PATIENCE);

      say.accept("replaying beside the other user");
      long begin = System.nanoTime();
      replayAll(killed);
      var beside = new JobSeries("beside", BESIDE, clock);
      double seconds;
      try (var threads = Executors.newSingleThreadExecutor()) {
        var other = threads.submit(() -> submit(gateway, beside));
        awaitReplayed(database, FAILED / 3);
        killed.process().kill();
        awaitReplayed(database, FAILED);
        seconds = (System.nanoTime() - begin) / 1e9;
        say.accept("replayed after %.1f s".formatted(seconds));
        var _ = other.get();
      }
      Jobs.awaitEnded(database, PATIENCE);
      return findings(database, alone, beside, seconds);
    }
  }

  private List<Finding> findings(
      Database database, JobSeries alone, JobSeries beside, double seconds) throws SQLException {
    var findings = new Findings(name());
    findings.add(
        "another user's jobs, accepted → completed, p95",
        "ms",
        database.ask(P95, beside.pattern()),
        database.ask(P95, alone.pattern()),
        BenchmarkTarget.ratioAtMost(1.5));
    findings.add(
        "originals that were replayed",
        "",
        database.ask(
            "select count(distinct replay_of) from public.generation_jobs where replay_of is not null"),
        BenchmarkTarget.atLeast(FAILED));
    findings.add(
        "replays",
        "",
        database.ask("select count(replay_of) from public.generation_jobs"),
        BenchmarkTarget.atMost(FAILED));
    findings.add("until all were submitted again, a gateway killed meanwhile", "s", seconds);
    return findings.all();
  }

  /** At one job a second. */
  private static LoadGenerator.LoadOutcome submit(GatewayProcess gateway, JobSeries jobs)
      throws Exception {
    return LoadGenerator.paced(Submissions.open(2, gateway.port(), jobs), 1, jobs.size());
  }

  private static void replayAll(GatewayProcess gateway) throws IOException {
    try (var http = new HttpConnection(gateway.port())) {
      var reply =
          http.post(
              "/api/operations",
              "{\"action\":\"replay\",\"filter\":{\"errorCode\":\"bad_reply\",\"since\":\"2020-01-01T00:00:00Z\"}}");
      if (reply.status() != 202) {
        throw new IOException("the replay did not begin: " + reply.text());
      }
    }
  }

  private static void awaitReplayed(Database database, int jobs) throws Exception {
    Await.until(
        "%,d jobs are replayed".formatted(jobs),
        PATIENCE,
        LOOK,
        () ->
            database.ask("select coalesce(max(changed), 0) from public.generation_operations")
                >= jobs);
  }

  private static void fill(Database database) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
                  error_code, error_message, finished_at, traceparent)
                select uuidv7(), 'crowd', jsonb_build_object(
                    'prompt', 'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || n,
                    'diffusionStrength', 0.7, 'styleIntensity', 0.5, 'style', 'watercolor',
                    'width', 512, 'height', 512, 'seed', n),
                  '{"parameters": {"seed": 1}}', 'failed', 1, now(), 'bad_reply', 'The reply had no picture.', now(),
                  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
                from generate_series(1, ?) as n
                """)) {
      statement.setInt(1, FAILED);
      statement.executeUpdate();
    }
    database.execute("vacuum (analyze) public.generation_jobs");
  }
}
