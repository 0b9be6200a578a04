package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.HttpConnection;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** {@code GET /api/logs}, depending on how many rows there are. */
public final class LogBenchmark implements Benchmark {
  private static final List<Integer> SIZES = List.of(10_000, 1_000_000, 5_000_000);
  private static final int STEPS = 3;
  private static final int REQUESTS = 60;
  private static final int WARM_UP = 400;
  private static final long LONGEST_NANOS = 15_000_000_000L;

  /** What the pages of a million rows may take. */
  private static final int ENOUGH_ROWS = 1_000_000;

  private static final double ENOUGH_MILLIS = 50;

  /** Words by how many prompts hold them: all, one in 20, in 300, in 3,000, a single one, none. */
  private static final Map<String, String> QUESTIONS = questions();

  private static final Pattern NEXT_CURSOR = Pattern.compile("\"nextCursor\":\"([^\"]+)\"");

  private static Map<String, String> questions() {
    var questions = new LinkedHashMap<String, String>();
    questions.put("by status", "status=completed");
    questions.put("by userId", "userId=user-77");
    questions.put("q in every prompt", "q=lighthouse");
    questions.put("q in one prompt of 20", "q=sailor");
    questions.put("q in one prompt of 300", "q=mermaid");
    questions.put("q in one prompt of 3,000", "q=Leviathan");
    questions.put("q in one prompt", "q=boat%20777%20");
    questions.put("q in none", "q=zeppelin");
    questions.put("q of two letters, in none", "q=zq");
    questions.put(
        "q in one prompt of 20, by status and userId", "q=sailor&status=completed&userId=user-77");
    return questions;
  }

  @Override
  public String name() {
    return "logs";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    var tables = new ArrayList<LogTable>();
    try (var broker = stand.freshBroker();
        var gateway = stand.gateway(database, broker)) {
      int rows = 0;
      for (int size : SIZES) {
        say.accept("making %,d rows".formatted(size));
        int first = rows / STEPS + 1;
        fill(database, first, size / STEPS);
        rows = size;
        try (var http = new HttpConnection(gateway.port())) {
          if (tables.isEmpty()) {
            say.accept("warming up");
            var _ = ask(http, "/api/logs", WARM_UP);
          }
          say.accept("asking");
          tables.add(new LogTable(size, ask(http, database, size)));
        }
      }
    }
    return findings(tables);
  }

  /** How long each question took, in milliseconds. */
  private record LogTable(int rows, List<Question> questions) {}

  private record Question(String what, double millis, Wish wish) {}

  /** What is wished of a question. */
  private enum Wish {
    AS_QUICK_AS_WITH_FEW_ROWS,
    QUICK_WITH_A_MILLION,
    NONE
  }

  private static List<Question> ask(HttpConnection http, Database database, int rows)
      throws IOException, SQLException {
    var requests = rows / STEPS;
    var one = "/api/logs?requestId=" + someRequest(database);
    var range = "since=%s&until=%s".formatted(at(requests / 4), at(requests / 4 * 3));
    var questions = new ArrayList<Question>();
    questions.add(asked(http, "first page", "/api/logs", Wish.AS_QUICK_AS_WITH_FEW_ROWS));
    questions.add(asked(http, "by requestId", one, Wish.AS_QUICK_AS_WITH_FEW_ROWS));
    for (var question : QUESTIONS.entrySet()) {
      questions.add(
          asked(
              http,
              question.getKey(),
              "/api/logs?" + question.getValue(),
              Wish.QUICK_WITH_A_MILLION));
    }
    questions.add(
        asked(
            http,
            "half of the time, by status",
            "/api/logs?status=completed&" + range,
            Wish.QUICK_WITH_A_MILLION));
    questions.add(
        asked(
            http,
            "by cursor, from the middle on",
            "/api/logs?cursor=" + cursorBefore(http, at(requests / 2)),
            Wish.QUICK_WITH_A_MILLION));
    questions.add(
        new Question(
            "count(*) of all, in SQL",
            timed(database, "select count(*) from public.generation_logs"),
            Wish.NONE));
    questions.add(
        new Question(
            "count(*) by status, in SQL",
            timed(
                database, "select count(*) from public.generation_logs where status = 'completed'"),
            Wish.NONE));
    return questions;
  }

  private static Question asked(HttpConnection http, String what, String path, Wish wish)
      throws IOException {
    return new Question(what, ask(http, path, REQUESTS), wish);
  }

  /** When this request's steps were written. */
  private static Instant at(int request) {
    return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(request);
  }

  private static String cursorBefore(HttpConnection http, Instant time) throws IOException {
    return field(NEXT_CURSOR, http.get("/api/logs?limit=1&until=" + time).text());
  }

  private static String field(Pattern field, String reply) {
    var found = field.matcher(reply);
    if (!found.find()) {
      throw new IllegalStateException("a reply lacks " + field);
    }
    return found.group(1);
  }

  private List<Finding> findings(List<LogTable> tables) {
    var findings = new Findings(name());
    var smallest = tables.getFirst().questions();
    for (int i = 0; i < smallest.size(); i++) {
      for (var table : tables) {
        var question = table.questions().get(i);
        var label = "%s, %,d rows, p50".formatted(question.what(), table.rows());
        double least = smallest.get(i).millis();
        switch (question.wish()) {
          case AS_QUICK_AS_WITH_FEW_ROWS ->
              findings.add(label, "ms", question.millis(), least, BenchmarkTarget.ratioAtMost(2));
          case QUICK_WITH_A_MILLION -> {
            if (table.rows() == ENOUGH_ROWS) {
              findings.add(
                  label, "ms", question.millis(), least, BenchmarkTarget.atMost(ENOUGH_MILLIS));
            } else {
              findings.add(label, "ms", question.millis(), least);
            }
          }
          case NONE -> findings.add(label, "ms", question.millis(), least);
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
                  'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || request.i
                    || case request.i % 20 when 3 then ' by a sailor' else ' ' end
                    || case request.i % 300 when 7 then ' and a mermaid' else '' end
                    || case request.i % 3000 when 9 then ' and Leviathan' else '' end,
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
