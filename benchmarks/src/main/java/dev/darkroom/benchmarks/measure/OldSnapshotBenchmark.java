package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What time does to the ledger at 100 jobs a second: while a forgotten transaction keeps all dead
 * rows, and while an operator deletes ended jobs in slices.
 */
public final class OldSnapshotBenchmark implements Benchmark {
  private static final double PER_SECOND = 100;
  private static final int A_MINUTE = 6_000;
  private static final int CONNECTIONS = 8;
  private static final Duration LATENCY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int SLICE = 1_000;

  private final InstantSource clock;
  private final int minutes;

  /**
   * @param minutes the snapshot is held
   */
  public OldSnapshotBenchmark(InstantSource clock, int minutes) {
    this.clock = clock;
    this.minutes = minutes;
  }

  @Override
  public String name() {
    return "snapshot";
  }

  private record SnapshotScene(Database database, GatewayProcess gateway, StubProvider provider) {}

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    var findings = new Findings(name());
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker);
        var _ = stand.worker(database, broker, provider, 200)) {
      var scene = new SnapshotScene(database, gateway, provider);
      var _ = dispatched(scene, "warm");
      double before = dispatched(scene, "before");
      findings.add("POST sent → call arrives, 100 jobs/s, p90", "ms", before);
      double last = before;
      try (var reader = database.connect()) {
        holdSnapshot(reader);
        for (int minute = 1; minute <= minutes; minute++) {
          last = dispatched(scene, "minute" + minute);
          say.accept("minute %d of the snapshot: p90 %.2f ms".formatted(minute, last));
        }
        findings.add(
            "the same after %d minutes of a snapshot, p90".formatted(minutes),
            "ms",
            last,
            before,
            BenchmarkTarget.ratioAtMost(1.2));
        rows(findings, database, "generation_queue");
        rows(findings, database, "generation_jobs");
      }
      findings.add(
          "the same while ended jobs are deleted in slices, p90",
          "ms",
          whileDeleting(scene, findings),
          before,
          BenchmarkTarget.ratioAtMost(1.2));
    }
    return findings.all();
  }

  private static void holdSnapshot(Connection reader) throws SQLException {
    reader.setAutoCommit(false);
    reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    var _ = Database.ask(reader, "select count(*) from public.generation_queue");
  }

  /** The 90th percentile of the way to the provider, in milliseconds. */
  private double dispatched(SnapshotScene scene, String name) throws Exception {
    var jobs = new JobSeries(name, A_MINUTE, clock);
    var connections = Submissions.open(CONNECTIONS, scene.gateway().port(), jobs);
    var _ = LoadGenerator.paced(connections, PER_SECOND, jobs.size());
    Jobs.awaitCompleted(scene.database(), PATIENCE);
    return Latencies.ofNanos(
            IntStream.range(0, jobs.size())
                .mapToLong(number ->
                    Objects.requireNonNull(scene.provider().call(jobs.tag(number))).arrived()
                        - jobs.sentNanos(number)))
        .millis(0.9);
  }

  private static void rows(Findings findings, Database database, String table) throws SQLException {
    findings.add(
        table + ": dead rows under the snapshot",
        "",
        database.ask("select n_dead_tup from pg_stat_user_tables where relname = ?", table));
    findings.add(
        table + ": heap-only share of updates",
        "%",
        database.ask(
            "select 100.0 * n_tup_hot_upd / greatest(1, n_tup_upd) from pg_stat_user_tables where relname = ?",
            table));
    findings.add(
        table + ": size with indexes",
        "MiB",
        database.ask(
            "select pg_total_relation_size(('public.' || ?::text)::regclass) / 1048576.0", table));
  }

  /** As docs/operations.md tells operators to do it, but for jobs that ended just now. */
  private double whileDeleting(SnapshotScene scene, Findings findings) throws Exception {
    var over = new AtomicBoolean();
    try (var operator = Executors.newSingleThreadExecutor()) {
      Callable<Integer> deleting = () -> delete(scene.database(), over);
      var deleted = operator.submit(deleting);
      try {
        return dispatched(scene, "deleting");
      } finally {
        over.set(true);
        findings.add("jobs deleted meanwhile", "", deleted.get());
      }
    }
  }

  private static int delete(Database database, AtomicBoolean over) throws SQLException {
    int deleted = 0;
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                with old as (
                  select request_id from public.generation_jobs job
                  where finished_at < now() - interval '10 seconds'
                    and not exists (select from public.generation_queue where request_id = job.request_id)
                  order by request_id limit ?),
                steps as (delete from public.generation_logs where request_id in (select request_id from old))
                delete from public.generation_jobs where request_id in (select request_id from old)
                """)) {
      statement.setInt(1, SLICE);
      for (int slice = -1; slice != 0 && !over.get(); deleted += slice) {
        slice = statement.executeUpdate();
      }
    }
    return deleted;
  }
}
