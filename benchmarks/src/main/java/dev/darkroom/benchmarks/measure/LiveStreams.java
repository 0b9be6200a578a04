package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.EventStream;
import dev.darkroom.benchmarks.load.EventStream.Heard;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.measure.LiveStreamBenchmark.Footprint;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Database;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Streams that listen to a gateway, and what they should have heard. */
final class LiveStreams implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final double KIB_PER_MIB = 1024;

  private final Database database;
  private final List<Stream> all = new ArrayList<>();

  /**
   * @param begun the newest step before it was opened: what is older is not heard live
   */
  private record Stream(EventStream events, String column, String value, long begun) {
    /** A request's stream also tells what was before it. */
    boolean isOfRequest() {
      return column.equals("request_id");
    }
  }

  LiveStreams(Database database) {
    this.database = database;
  }

  void ofUser(String user, int port, InstantSource clock) throws IOException, SQLException {
    open("user_id", user, "/api/events?userId=" + user, port, clock);
  }

  void ofRequest(String request, int port, InstantSource clock) throws IOException, SQLException {
    open("request_id", request, "/api/generate/" + request + "/events", port, clock);
  }

  private void open(String column, String value, String path, int port, InstantSource clock)
      throws IOException, SQLException {
    long begun = newest();
    all.add(new Stream(EventStream.open(port, path, clock), column, value, begun));
  }

  private long newest() throws SQLException {
    return (long) database.ask("select coalesce(max(seq), 0) from public.generation_logs");
  }

  void awaitBegun() throws Exception {
    Await.until(
        "all streams have begun",
        PATIENCE,
        Duration.ofMillis(50),
        () -> all.stream().allMatch(stream -> stream.events().hasBegun()));
  }

  /** Until what was committed has had time to come, wherever it does not come at all. */
  void awaitQuiet() throws Exception {
    var steps = steps();
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    Await.until(
        "nothing is missing, or 10 s have passed",
        PATIENCE,
        Duration.ofMillis(200),
        () ->
            System.nanoTime() - giveUp > 0 || all.stream().allMatch(one -> isComplete(one, steps)));
  }

  private static boolean isComplete(Stream stream, List<StreamRow> steps) {
    return stream.events().heard().size() >= expected(stream, steps).size();
  }

  List<Finding> findings(String measure, Footprint ofAll) throws SQLException {
    var steps = steps();
    var committed = new HashMap<Long, Long>();
    steps.forEach(step -> committed.put(step.seq(), step.micros()));
    var findings = new Findings(measure);
    double heard = 0;
    double lost = 0;
    double doubled = 0;
    double unordered = 0;
    double open = 0;
    var took = LongStream.builder();
    for (var stream : all) {
      var ids = stream.events().heard().stream().map(Heard::id).toList();
      var distinct = new HashSet<>(ids);
      var expected = expected(stream, steps);
      heard += ids.size();
      doubled += ids.size() - distinct.size();
      lost += expected.stream().filter(id -> !distinct.contains(id)).count();
      unordered += !stream.isOfRequest() || ids.equals(ids.stream().sorted().toList()) ? 0 : 1;
      open += stream.isOfRequest() && !stream.events().hasEnded() ? 1 : 0;
      for (var event : stream.events().heard()) {
        if (event.id() <= stream.begun()) {
          continue;
        }
        long at = Objects.requireNonNull(committed.get(event.id()), "it is in the ledger");
        took.add(TimeUnit.MICROSECONDS.toNanos(event.micros() - at));
      }
    }
    var latencies = Latencies.ofNanos(took.build());
    findings.add("steps heard by %,d listeners".formatted(all.size()), "", heard);
    findings.add("steps lost", "", lost, BenchmarkTarget.atMost(0));
    findings.add("steps doubled", "", doubled, BenchmarkTarget.atMost(0));
    findings.add(
        "listeners that heard steps out of order", "", unordered, BenchmarkTarget.atMost(0));
    findings.add("streams of ended requests left open", "", open, BenchmarkTarget.atMost(0));
    findings.add("step's timestamp → listener, 100 jobs/s, p50", "ms", latencies.p50());
    findings.add("step's timestamp → listener, 100 jobs/s, p99", "ms", latencies.p99());
    findings.add("heap per listener", "KiB", ofAll.heap() * KIB_PER_MIB / all.size());
    findings.add("memory (RSS) per listener", "KiB", ofAll.resident() * KIB_PER_MIB / all.size());
    return findings.all();
  }

  private static List<Long> expected(Stream stream, List<StreamRow> steps) {
    return steps.stream()
        .filter(step -> stream.isOfRequest() || step.seq() > stream.begun())
        .filter(step -> stream.value().equals(step.of().get(stream.column())))
        .map(StreamRow::seq)
        .toList();
  }

  private record StreamRow(long seq, long micros, Map<String, String> of) {}

  private List<StreamRow> steps() throws SQLException {
    var rows = new ArrayList<StreamRow>();
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                """
                select seq, (extract(epoch from created_at) * 1000000)::bigint, user_id, request_id::text
                from public.generation_logs order by seq
                """)) {
      while (row.next()) {
        rows.add(
            new StreamRow(
                row.getLong(1),
                row.getLong(2),
                Map.of("user_id", row.getString(3), "request_id", row.getString(4))));
      }
    }
    return rows;
  }

  @Override
  public void close() throws IOException {
    for (var stream : all) {
      stream.events().close();
    }
  }
}
