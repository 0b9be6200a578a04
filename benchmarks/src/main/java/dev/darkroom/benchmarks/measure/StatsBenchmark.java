package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.HttpConnection;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * {@code GET /api/stats}, depending on how many steps there are, and the place in the queue of a
 * job that waits behind many others.
 */
public final class StatsBenchmark implements Benchmark {
  private static final List<Integer> SIZES = List.of(10_000, 1_000_000);
  private static final int STEPS = 3;
  private static final int OPEN = 100_000;
  private static final int REQUESTS = 60;
  private static final int WARM_UP = 300;
  private static final BenchmarkTarget FIFTY_MILLIS = BenchmarkTarget.atMost(50);

  @Override
  public String name() {
    return "stats";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var findings = new Findings(name());
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var gateway = stand.gateway(database, broker)) {
      for (int size : SIZES) {
        say.accept("making %,d rows".formatted(size));
        fill(database, size / STEPS);
        say.accept("asking");
        askForStats(gateway, "%,d rows".formatted(size), findings);
      }
      try (var ledger = new MeasuredLedger(database)) {
        say.accept("making %,d open jobs".formatted(OPEN));
        askForPlace(gateway, ledger, findings);
      }
      askForStats(gateway, "%,d open jobs".formatted(OPEN), findings);
    }
    return findings.all();
  }

  private static void askForStats(GatewayProcess gateway, String when, Findings findings)
      throws IOException {
    try (var http = new HttpConnection(gateway.port())) {
      var _ = ask(http, "/api/stats", WARM_UP);
      var took = ask(http, "/api/stats", REQUESTS);
      findings.add("last hour, " + when + ", p50", "ms", took.p50(), FIFTY_MILLIS);
      findings.add("last hour, " + when + ", p99", "ms", took.p99());
    }
  }

  private static void askForPlace(GatewayProcess gateway, MeasuredLedger ledger, Findings findings)
      throws IOException, SQLException {
    try (var http = new HttpConnection(gateway.port())) {
      holdBack(ledger.database(), 1);
      var first = ask(http, "/api/generate/" + last(ledger.database()), WARM_UP);
      holdBack(ledger.database(), OPEN);
      var last = ask(http, "/api/generate/" + last(ledger.database()), WARM_UP);
      findings.add(
          "a job that waits, %,d open, p50".formatted(OPEN), "ms", last.p50(), first.p50());
    }
  }

  private static Latencies ask(HttpConnection http, String path, int times) throws IOException {
    var took = new long[times];
    for (int i = 0; i < times; i++) {
      long sent = System.nanoTime();
      var reply = http.get(path);
      took[i] = System.nanoTime() - sent;
      if (reply.status() != 200) {
        throw new IOException(path + " could not be read: " + reply.text());
      }
    }
    return Latencies.ofNanos(LongStream.of(took));
  }

  /**
   * Requests that were completed: half of them in the last hour, and on for some minutes, as if
   * jobs went on arriving while questions are asked; the others in the day before. They take from
   * one to a hundred seconds.
   */
  private static void fill(Database database, int jobs) throws SQLException {
    database.execute("truncate public.generation_logs");
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                insert into public.generation_logs
                  (request_id, user_id, prompt, status, step, details, image_url, created_at)
                select id, 'user-' || i % 1000,
                  'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || i,
                  step.status, step.name,
                  jsonb_build_object('attempt', 1, 'worker', 'a-worker', 'source', 'nebius', 'callMillis',
                    took, 'savingMillis', 7, 'jobMillis', took),
                  case step.number when 3 then '/generated/' || id || '.webp' end,
                  submitted + took * (step.number - 1) / 2 * interval '1 millisecond'
                from (
                    select i, uuidv7() as id, round(exp(7 + random() * 4.6)) as took,
                      now() + case when i % 2 = 0 then random() * interval '75 minutes' - interval '1 hour'
                        else random() * interval '-23 hours' end as submitted
                    from generate_series(1, ?) as i) as request,
                  (values (1, 'started', 'request_received'), (2, 'processing', 'calling_nebius_api'),
                    (3, 'completed', 'image_generated')) as step (number, status, name)
                order by 8
                """)) {
      statement.setInt(1, jobs);
      statement.executeUpdate();
    }
    database.execute("vacuum (analyze) public.generation_logs");
    database.execute("checkpoint");
  }

  /** Jobs of a hundred users that wait for their turn; there is no worker. */
  private static void holdBack(Database database, int jobs) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                with job as (
                  insert into public.generation_jobs (request_id, user_id, request, call, deadline_at, traceparent)
                  select uuidv7(), 'user-' || i % 100, jsonb_build_object(
                    'prompt', 'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || i,
                    'diffusionStrength', 0.7, 'styleIntensity', 0.5, 'style', 'watercolor',
                    'width', 512, 'height', 512, 'seed', i), '{"parameters": {"seed": 1}}',
                  now() + interval '6 hours', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
                  from generate_series(1, ?) as i
                  returning request_id, user_id, deadline_at)
                insert into public.generation_queue
                  (request_id, user_id, state, turn, publish_after, deadline_at)
                select request_id, user_id, 'in_line', 1000 + row_number() over (order by request_id) / 100,
                  'infinity', deadline_at
                from job
                """)) {
      statement.setInt(1, jobs);
      statement.executeUpdate();
    }
    database.execute("vacuum (analyze) public.generation_jobs, public.generation_queue");
  }

  private static UUID last(Database database) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select request_id from public.generation_jobs order by request_id desc limit 1")) {
      row.next();
      return row.getObject(1, UUID.class);
    }
  }
}
