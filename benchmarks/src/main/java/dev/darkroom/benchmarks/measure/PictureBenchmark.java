package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.ChildProcess;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Heap;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a worker's heap holds while large pictures arrive at once. Each reply stops in its middle,
 * so that all are there together; then the worker, whose heap has an upper limit, saves them.
 */
public final class PictureBenchmark implements Benchmark {
  private static final int AT_ONCE = 200;
  private static final int CONNECTIONS = 16;
  private static final int PICTURE = 4 << 20;
  private static final int MAY_ADD_MIB = 64;

  /** What the worker idles with, and what the pictures may add; without room for garbage. */
  private static final String HEAP = "-Xmx96m";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final InstantSource clock;

  public PictureBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "pictures";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.stoppingHalfway(PICTURE);
        var gateway = stand.gateway(database, broker);
        var worker =
            stand.worker(
                database, broker, provider, AT_ONCE, HEAP, "-Ddarkroom.nebius.timeout=600s")) {
      say.accept("one job, so that everything is loaded");
      submit(gateway, "first", 1);
      awaitHalves(provider, worker, 1);
      double idle = Heap.usedMib(worker);
      say.accept("%d pictures of 4 MiB, each half there".formatted(AT_ONCE));
      submit(gateway, "rest", AT_ONCE - 1);
      awaitHalves(provider, worker, AT_ONCE);
      double arriving = Heap.usedMib(worker);
      say.accept("the other halves");
      provider.goOn();
      Jobs.awaitCompleted(database, PATIENCE);
      worker.requireAlive();
      return findings(idle, arriving);
    }
  }

  private List<Finding> findings(double idle, double arriving) {
    var findings = new Findings(name());
    findings.add("heap of a worker with one picture that arrives", "MiB", idle);
    findings.add(
        "added by 200 pictures of 4 MiB that arrive at once",
        "MiB",
        Math.max(0, arriving - idle),
        BenchmarkTarget.atMost(MAY_ADD_MIB));
    findings.add("largest heap it was allowed, and saved all of them in", "MiB", 96);
    return findings.all();
  }

  private void submit(GatewayProcess gateway, String name, int count) throws Exception {
    var connections =
        Submissions.open(CONNECTIONS, gateway.port(), new JobSeries(name, count, clock));
    var _ = LoadGenerator.closed(connections, PATIENCE, count);
  }

  private static void awaitHalves(StubProvider provider, ChildProcess worker, int count)
      throws Exception {
    Await.until(
        count + " replies are half there",
        PATIENCE,
        Duration.ofMillis(100),
        () -> {
          worker.requireAlive();
          return provider.halves() >= count;
        });
  }
}
