package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.HttpConnection;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.results.Target;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** {@code GET /api/logs}, depending on how many rows there are. */
public final class MeasureLogs implements Measure {
  private static final List<Integer> SIZES = List.of(10_000, 1_000_000, 5_000_000);
  private static final int STEPS = 3;
  private static final int REQUESTS = 60;
  private static final int WARM_UP = 400;
  private static final long LONGEST_NANOS = 15_000_000_000L;

  @Override
  public String name() {
    return "logs";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    var tables = new ArrayList<Table>();
    try (var broker = stand.freshBroker();
        var gateway = stand.gateway(database, broker)) {
      int rows = 0;
      for (int size : SIZES) {
        say.accept("making %,d rows".formatted(size));
        fill(database, rows / STEPS + 1, size / STEPS);
        rows = size;
        try (var http = new HttpConnection(gateway.port())) {
          if (tables.isEmpty()) {
            say.accept("warming up");
            var _ = ask(http, "/api/logs", WARM_UP);
          }
          say.accept("asking");
          tables.add(new Table(size, ask(http, database)));
        }
      }
    }
    return findings(tables);
  }

  /** How long each question took, in milliseconds. */
  private record Table(int rows, List<Question> questions) {}

  private record Question(String what, double millis, boolean hasTarget) {}

  private static List<Question> ask(HttpConnection http, Database database)
      throws IOException, SQLException {
    var one = "/api/logs?requestId=" + someRequest(database);
    return List.of(
        new Question("first page", ask(http, "/api/logs", REQUESTS), true),
        new Question("by requestId", ask(http, one, REQUESTS), true),
        new Question("by status", ask(http, "/api/logs?status=completed", REQUESTS), false),
        new Question("by userId", ask(http, "/api/logs?userId=user-77", REQUESTS), false),
        new Question(
            "count(*) of all, in SQL",
            timed(database, "select count(*) from public.generation_logs"),
            false),
        new Question(
            "count(*) by status, in SQL",
            timed(
                database, "select count(*) from public.generation_logs where status = 'completed'"),
            false));
  }

  private List<Finding> findings(List<Table> tables) {
    var findings = new Findings(name());
    var smallest = tables.getFirst().questions();
    for (int i = 0; i < smallest.size(); i++) {
      for (var table : tables) {
        var question = table.questions().get(i);
        var label = "%s, %,d rows, p50".formatted(question.what(), table.rows());
        double least = smallest.get(i).millis();
        if (question.hasTarget()) {
          findings.add(label, "ms", question.millis(), least, Target.ratioAtMost(2));
        } else {
          findings.add(label, "ms", question.millis(), least);
        }
      }
    }
    return findings.all();
  }

  private static double ask(HttpConnection http, String path, int times) throws IOException {
    var took = new long[times];
    int asked = 0;
    long begin = System.nanoTime();
    while (asked < times && (asked < 3 || System.nanoTime() - begin < LONGEST_NANOS)) {
      long sent = System.nanoTime();
      var reply = http.get(path);
      took[asked++] = System.nanoTime() - sent;
      if (reply.status() != 200) {
        throw new IOException("logs could not be read: " + reply.text());
      }
    }
    return Latencies.ofNanos(LongStream.of(took).limit(asked)).p50();
  }

  private static double timed(Database database, String sql) throws SQLException {
    var took = new long[5];
    try (var connection = database.connect()) {
      for (int i = 0; i < took.length; i++) {
        long begin = System.nanoTime();
        var _ = Database.ask(connection, sql);
        took[i] = System.nanoTime() - begin;
      }
    }
    return Latencies.ofNanos(LongStream.of(took)).p50();
  }

  private static UUID someRequest(Database database) throws SQLException {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery("select request_id from public.generation_logs limit 1")) {
      row.next();
      return row.getObject(1, UUID.class);
    }
  }

  /** Completed requests of a thousand users, three steps each, a second apart from each other. */
  private static void fill(Database database, int first, int last) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                insert into public.generation_logs
                  (request_id, user_id, prompt, status, step, details, image_url, created_at)
                select request.id, 'user-' || request.i % 1000,
                  'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || request.i,
                  step.status, step.name,
                  jsonb_build_object('attempt', 1, 'worker', 'a-worker', 'parameters',
                    jsonb_build_object('width', 512, 'height', 512, 'seed', request.i, 'model', 'stability-ai/sdxl')),
                  case step.number when 3 then '/generated/' || request.id || '.webp' end,
                  timestamptz '2026-01-01' + request.i * interval '1 second'
                    + step.number * interval '100 milliseconds'
                from (select i, uuidv7() as id from generate_series(?, ?) as i) as request,
                  (values (1, 'started', 'request_received'), (2, 'processing', 'calling_nebius_api'),
                    (3, 'completed', 'image_generated')) as step (number, status, name)
                order by request.i, step.number
                """)) {
      statement.setInt(1, first);
      statement.setInt(2, last);
      statement.executeUpdate();
    }
    database.execute("vacuum (analyze) public.generation_logs");
    database.execute("checkpoint");
  }
}
