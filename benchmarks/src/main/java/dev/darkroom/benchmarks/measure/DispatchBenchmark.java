package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.DispatchFloor;
import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.load.KafkaClients;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.load.Submissions;
import dev.darkroom.benchmarks.load.TwoRowTransaction;
import dev.darkroom.benchmarks.results.BenchmarkTarget;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.GatewayProcess;
import dev.darkroom.benchmarks.stand.Stand;
import dev.darkroom.benchmarks.stand.StubProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;

/**
 * From the sending of a POST until its call arrives at the provider. The floor is a commit of the
 * same two rows, an acknowledged send after it, and a commit of the call's step after that.
 */
public final class DispatchBenchmark implements Benchmark {
  private static final String TOPIC = "floor";
  private static final double PER_SECOND = 20;
  private static final int CONNECTIONS = 4;
  private static final int JOBS = 240;
  private static final int WARM_UP_JOBS = 24_000;
  private static final int FLOOR_WARM_UP = 1_500;
  private static final double WARM_UP_PER_SECOND = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final int rounds;

  public DispatchBenchmark(InstantSource clock, int rounds) {
    this.clock = clock;
    this.rounds = rounds;
  }

  @Override
  public String name() {
    return "dispatch";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    var database = stand.freshDatabase();
    var floor = stand.freshDatabase();
    var dispatched = new ArrayList<Stages>();
    var sent = new ArrayList<Latencies>();
    try (var broker = stand.freshBroker();
        var provider = StubProvider.start(Duration.ofMillis(100));
        var gateway = stand.gateway(database, broker);
        var _ = stand.worker(database, broker, provider, 200, Stand.ALL_COMPILERS)) {
      var kafka = new KafkaClients(broker.bootstrapServers());
      kafka.createTopic(TOPIC);
      try (var producer = kafka.producer()) {
        say.accept("warming up gateway, worker and floor with %,d jobs".formatted(WARM_UP_JOBS));
        var warmUp = new JobSeries("warm", WARM_UP_JOBS, clock);
        var _ = dispatch(warmUp, WARM_UP_PER_SECOND, gateway, database, provider);
        var _ = send(floor, producer, FLOOR_WARM_UP, WARM_UP_PER_SECOND);
        for (int round = 1; round <= rounds; round++) {
          sent.add(send(floor, producer, JOBS, PER_SECOND));
          var jobs = new JobSeries("round" + round, JOBS, clock);
          dispatched.add(dispatch(jobs, PER_SECOND, gateway, database, provider));
          say.accept(
              "round %d of %d: p50 %.2f ms, p99 %.2f ms; floor %.2f and %.2f ms"
                  .formatted(
                      round,
                      rounds,
                      dispatched.getLast().arrived().p50(),
                      dispatched.getLast().arrived().p99(),
                      sent.getLast().p50(),
                      sent.getLast().p99()));
        }
      }
    }
    return findings(Stages.together(dispatched), Latencies.together(sent));
  }

  private List<Finding> findings(Stages stages, Latencies sent) {
    var findings = new Findings(name());
    findings.add(
        "POST sent → call arrives, 20 jobs/s, p50",
        "ms",
        stages.arrived().p50(),
        sent.p50(),
        BenchmarkTarget.ratioAtMost(1.3));
    findings.add(
        "POST sent → call arrives, 20 jobs/s, p99",
        "ms",
        stages.arrived().p99(),
        sent.p99(),
        BenchmarkTarget.ratioAtMost(1.3));
    findings.add("POST sent → 202, p50", "ms", stages.answered().p50());
    findings.add("POST sent → 202, p99", "ms", stages.answered().p99());
    findings.add("POST sent → claim, p50", "ms", stages.claimed().p50());
    findings.add("POST sent → claim, p99", "ms", stages.claimed().p99());
    return findings.all();
  }

  /** How far it is to each stage from the sending of the POST. */
  private record Stages(Latencies answered, Latencies claimed, Latencies arrived) {
    static Stages together(List<Stages> rounds) {
      return new Stages(
          Latencies.together(rounds.stream().map(Stages::answered).toList()),
          Latencies.together(rounds.stream().map(Stages::claimed).toList()),
          Latencies.together(rounds.stream().map(Stages::arrived).toList()));
    }
  }

  private static Stages dispatch(
      JobSeries jobs,
      double perSecond,
      GatewayProcess gateway,
      Database database,
      StubProvider provider)
      throws Exception {
    var connections = Submissions.open(CONNECTIONS, gateway.port(), jobs);
    var answered = LoadGenerator.paced(connections, perSecond, jobs.size());
    Jobs.awaitCompleted(database, PATIENCE);
    var claimed = Steps.micros(database, jobs, "calling_nebius_api");
    return new Stages(
        answered.latencies(),
        latencies(
            jobs,
            number ->
                TimeUnit.MICROSECONDS.toNanos(
                    Objects.requireNonNull(claimed.get(jobs.tag(number)))
                        - jobs.sentMicros(number))),
        latencies(
            jobs,
            number ->
                Objects.requireNonNull(provider.call(jobs.tag(number))).arrived()
                    - jobs.sentNanos(number)));
  }

  static Latencies latencies(JobSeries jobs, IntToLongFunction nanos) {
    return Latencies.ofNanos(IntStream.range(0, jobs.size()).mapToLong(nanos));
  }

  private static Latencies send(
      Database database, Producer<String, byte[]> producer, int count, double perSecond)
      throws Exception {
    var connections = new ArrayList<DispatchFloor>();
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(
          new DispatchFloor(new TwoRowTransaction(database.connect()), producer, TOPIC));
    }
    return LoadGenerator.paced(connections, perSecond, count).latencies();
  }
}
