package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.UsersSubmissions;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Heap;
import dev.darkroom.benchmarks.stand.ProcessorTime;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Steps that thousands hear while jobs are submitted: whether each listener hears all of its steps
 * once, how long that takes, and what a listener costs.
 */
public final class LiveStreamBenchmark implements Benchmark {
  private static final int USERS = 500;
  private static final int STREAMS_OF_USERS = 1_500;
  private static final int STREAMS_OF_REQUESTS = 500;
  private static final int WARM_UP_JOBS = 1_000;
  private static final double PER_SECOND = 100;
  private static final int JOBS = 2_000;
  private static final int CONNECTIONS = 8;
  private static final Duration LATENCY = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final InstantSource clock;

  public LiveStreamBenchmark(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "live";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(LATENCY);
        var gateway = stand.gateway(database, broker)) {
      try (var _ = stand.worker(database, broker, provider, 200)) {
        say.accept("warming up with %,d jobs".formatted(WARM_UP_JOBS));
        warmUp(gateway, database);
      }
      // without a worker, jobs wait, and whoever listens to them has their streams open
      var waiting = submit(new JobSeries("waiting", STREAMS_OF_REQUESTS, clock), gateway);
      var before = Footprint.of(gateway);
      var streams = new LiveStreams(database);
      try (streams) {
        say.accept("opening %,d streams".formatted(STREAMS_OF_USERS + STREAMS_OF_REQUESTS));
        openStreams(streams, waiting, gateway);
        var after = Footprint.of(gateway);
        say.accept("%,d jobs at %.0f a second".formatted(JOBS, PER_SECOND));
        try (var _ = stand.worker(database, broker, provider, 200)) {
          submit(new JobSeries("live", JOBS, clock), gateway);
          Jobs.awaitCompleted(database, PATIENCE);
        }
        streams.awaitQuiet();
        return streams.findings(name(), after.less(before));
      }
    }
  }

  private void warmUp(GatewayProcess gateway, Database database) throws Exception {
    try (var streams = new LiveStreams(database)) {
      for (int user = 0; user < USERS; user++) {
        streams.ofUser(UsersSubmissions.user(user), gateway.port(), clock);
      }
      streams.awaitBegun();
      submit(new JobSeries("warm", WARM_UP_JOBS, clock), gateway);
      Jobs.awaitCompleted(database, PATIENCE);
    }
  }

  private void openStreams(LiveStreams streams, List<String> waiting, GatewayProcess gateway)
      throws Exception {
    for (int i = 0; i < STREAMS_OF_USERS; i++) {
      streams.ofUser(UsersSubmissions.user(i % USERS), gateway.port(), clock);
    }
    for (var request : waiting) {
      streams.ofRequest(request, gateway.port(), clock);
    }
    streams.awaitBegun();
  }

  private static List<String> submit(JobSeries jobs, GatewayProcess gateway) throws Exception {
    var connections = UsersSubmissions.open(CONNECTIONS, gateway.port(), jobs, USERS);
    var _ = LoadGenerator.paced(connections, PER_SECOND, jobs.size());
    var accepted = new ArrayList<String>();
    connections.forEach(connection -> accepted.addAll(connection.accepted()));
    return accepted;
  }

  /** What the gateway occupies, in MiB. */
  record Footprint(double heap, double resident) {
    static Footprint of(GatewayProcess gateway) throws IOException {
      double heap = Heap.usedMib(gateway.process());
      return new Footprint(heap, ProcessorTime.memoryMib(gateway.process().pid()));
    }

    Footprint less(Footprint other) {
      return new Footprint(heap - other.heap, resident - other.resident);
    }
  }
}
