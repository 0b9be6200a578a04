package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.WorkerStore.WorkerDescription;
import dev.darkroom.model.RequestId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * What the ledger's frequent statements cost, depending on how many jobs are open. The tables of
 * each size take turns, so that a disturbance meets all of them.
 */
public final class ClaimBenchmark implements Benchmark {
  private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000);
  private static final int ROUNDS = 90;
  private static final int WARM_UP_ROUNDS = 30;

  /** Rows are renewed far more often than in life; autovacuum would come to small tables alone. */
  private static final int ROUNDS_BETWEEN_VACUUMS = 5;

  private static final int BATCH = 8;
  private static final int SWEPT = 2;
  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final String WORKER = "benchmark";

  /** One table: its jobs not yet claimed, and how long each statement took. */
  private static final class ClaimTable {
    private final int size;
    private final MeasuredLedger ledger;
    private final List<RequestId> unclaimed;
    private final List<Attempt> held = new ArrayList<>();
    private final List<Long> claims = new ArrayList<>();
    private final List<Long> heartbeats = new ArrayList<>();
    private final List<Long> emptySweeps = new ArrayList<>();
    private final List<Long> sweeps = new ArrayList<>();

    ClaimTable(int size, MeasuredLedger ledger) throws SQLException {
      this.size = size;
      this.ledger = ledger;
      ledger.fill(size);
      this.unclaimed = new ArrayList<>(ledger.oldest((ROUNDS + WARM_UP_ROUNDS) * BATCH));
    }

    /** Claims a batch, renews what is held, and sweeps. */
    void round(boolean counts) throws SQLException {
      var batch = List.copyOf(unclaimed.subList(0, BATCH));
      unclaimed.subList(0, BATCH).clear();
      long begin = System.nanoTime();
      var claimed = ledger.claims().claimDue(WORKER, LEASE, UUID.randomUUID(), batch);
      long claimedAt = System.nanoTime();
      require(claimed.size() == BATCH, "claimed " + claimed.size());
      claimed.stream().map(ClaimedJob::attempt).forEach(held::add);
      long renewBegin = System.nanoTime();
      var renewed =
          ledger.workers().heartbeat(WORKER, LEASE, new WorkerDescription("benchmark", 16)).size();
      long renewedAt = System.nanoTime();
      require(renewed == held.size(), "renewed " + renewed);
      long emptyBegin = System.nanoTime();
      var none = ledger.outbox().reserveDue(500).size();
      long emptyAt = System.nanoTime();
      require(none == 0, "swept " + none + " that were not due");
      ledger.makeDue(SWEPT);
      long sweepBegin = System.nanoTime();
      var swept = ledger.outbox().reserveDue(500);
      long sweptAt = System.nanoTime();
      require(swept.size() == SWEPT, "swept " + swept.size());
      require(ledger.outbox().markEnqueued(swept) == SWEPT, "what was swept is marked as sent");
      if (counts) {
        claims.add(claimedAt - begin);
        heartbeats.add(renewedAt - renewBegin);
        emptySweeps.add(emptyAt - emptyBegin);
        sweeps.add(sweptAt - sweepBegin);
      }
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }
  }

  @Override
  public String name() {
    return "claim";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var tables = new ArrayList<ClaimTable>();
    try {
      for (int size : SIZES) {
        say.accept("making %,d open jobs".formatted(size));
        tables.add(new ClaimTable(size, new MeasuredLedger(stand.freshDatabase())));
      }
      say.accept("claiming, renewing, sweeping");
      for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
        for (var table : tables) {
          table.round(round >= WARM_UP_ROUNDS);
        }
        if (round % ROUNDS_BETWEEN_VACUUMS == 0) {
          for (var table : tables) {
            table.ledger.vacuum();
          }
        }
      }
    } finally {
      tables.forEach(table -> table.ledger.close());
    }
    return findings(tables);
  }

  private List<Finding> findings(List<ClaimTable> tables) {
    var findings = new Findings(name());
    compare(findings, "claim of 8", tables, table -> table.claims);
    compare(findings, "heartbeat for 200", tables, table -> table.heartbeats);
    compare(findings, "sweep that finds nothing", tables, table -> table.emptySweeps);
    compare(findings, "sweep that finds 2", tables, table -> table.sweeps);
    return findings.all();
  }

  private static void compare(
      Findings findings,
      String what,
      List<ClaimTable> tables,
      Function<ClaimTable, List<Long>> of) {
    double least = p50(of.apply(tables.getFirst()));
    for (var table : tables) {
      findings.add(
          "%s, %,d open jobs, p50".formatted(what, table.size),
          "ms",
          p50(of.apply(table)),
          least,
          BenchmarkTarget.ratioAtMost(1.3));
    }
  }

  private static double p50(List<Long> nanos) {
    return Latencies.ofNanos(nanos.stream().flatMapToLong(LongStream::of)).p50();
  }
}
