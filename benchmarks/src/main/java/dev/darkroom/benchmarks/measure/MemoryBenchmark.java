package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Heap;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** What a worker's heap holds for a job that waits, and for one that is under way. */
public final class MemoryBenchmark implements Benchmark {
  private static final int IN_FLIGHT = 200;
  private static final int WAITING = 10_000;
  private static final int CONNECTIONS = 16;
  private static final double KIB_PER_MIB = 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** No call ends while this is measured. */
  private static final Duration LATENCY = Duration.ofMinutes(10);

  private final InstantSource clock;

  public MemoryBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker);
        var worker =
            stand.worker(
                database,
                broker,
                provider,
                IN_FLIGHT,
                "-Ddarkroom.nebius.timeout=" + LATENCY.toSeconds() + "s")) {
      say.accept("one job, so that everything is loaded");
      submit(gateway, "first", 1);
      awaitCalls(provider, 1);
      double idle = Heap.usedMib(worker);
      say.accept("%d jobs in flight".formatted(IN_FLIGHT));
      submit(gateway, "flight", IN_FLIGHT - 1);
      awaitCalls(provider, IN_FLIGHT);
      double inFlight = Heap.usedMib(worker);
      say.accept("%,d more that wait".formatted(WAITING));
      submit(gateway, "waiting", WAITING);
      Jobs.awaitPublished(database, PATIENCE);
      double waiting = Heap.usedMib(worker);
      worker.kill();
      return findings(idle, inFlight, waiting);
    }
  }

  private List<Finding> findings(double idle, double inFlight, double waiting) {
    var findings = new Findings(name());
    findings.add("heap of a worker with one job", "MiB", idle);
    findings.add("heap with 200 jobs in flight", "MiB", inFlight, BenchmarkTarget.atMost(256));
    findings.add("per job in flight", "KiB", (inFlight - idle) * KIB_PER_MIB / (IN_FLIGHT - 1));
    findings.add("heap with 10,000 more that wait", "MiB", waiting, inFlight);
    findings.add(
        "per waiting job",
        "KiB",
        Math.max(0, (waiting - inFlight) * KIB_PER_MIB / WAITING),
        BenchmarkTarget.atMost(0.1));
    return findings.all();
  }

  private void submit(GatewayProcess gateway, String name, int count) throws Exception {
    var connections =
        Submissions.open(CONNECTIONS, gateway.port(), new JobSeries(name, count, clock));
    var _ = LoadGenerator.closed(connections, PATIENCE, count);
  }

  private static void awaitCalls(StubProvider provider, int count) throws Exception {
    Await.until(
        count + " calls have arrived",
        PATIENCE,
        Duration.ofMillis(100),
        () -> provider.arrivals() >= count);
  }
}
