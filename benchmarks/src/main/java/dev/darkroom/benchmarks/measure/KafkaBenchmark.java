package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.KafkaClients;
import dev.darkroom.benchmarks.load.Latencies;
import dev.darkroom.benchmarks.load.LoadGenerator;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Stand;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Kafka alone: from sending a record until a consumer has it. */
public final class KafkaBenchmark implements Benchmark {
  private static final double PER_SECOND = 100;
  private static final int RECORDS = 1_500;
  private static final int WARM_UP = 500;
  private static final int PAYLOAD = 400;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Waits for records, as long as given at most. */
  private interface Poll {
    Iterable<ConsumerRecord<String, byte[]>> records(Duration atMost);
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public List<Finding> take(Stand stand, Consumer<String> say) throws Exception {
    try (var broker = stand.freshBroker()) {
      var kafka = new KafkaClients(broker.bootstrapServers());
      kafka.createTopic("ordinary");
      kafka.createTopic("share");
      try (var producer = kafka.producer();
          var ordinary = kafka.consumer("ordinary");
          var share = kafka.shareConsumer("share")) {
        say.accept("an ordinary consumer");
        var plain = fromSendToPoll(producer, "ordinary", ordinary::poll);
        say.accept("a share consumer");
        var shared = fromSendToPoll(producer, "share", share::poll);
        return findings(plain, shared);
      }
    }
  }

  private List<Finding> findings(Latencies ordinary, Latencies share) {
    var findings = new Findings(name());
    findings.add("produce → consume, ordinary consumer, p50", "ms", ordinary.p50());
    findings.add("produce → consume, ordinary consumer, p99", "ms", ordinary.p99());
    findings.add("produce → consume, share consumer, p50", "ms", share.p50(), ordinary.p50());
    findings.add("produce → consume, share consumer, p99", "ms", share.p99(), ordinary.p99());
    return findings.all();
  }

  private static Latencies fromSendToPoll(
      Producer<String, byte[]> producer, String topic, Poll consumer) throws Exception {
    try (var threads = Executors.newSingleThreadExecutor()) {
      var receiving = threads.submit(() -> receive(consumer));
      var _ =
          LoadGenerator.paced(List.of(new Sender(producer, topic)), PER_SECOND, WARM_UP + RECORDS);
      return receiving.get();
    }
  }

  private static Latencies receive(Poll consumer) {
    var took = new long[WARM_UP + RECORDS];
    int received = 0;
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (received < took.length) {
      if (System.nanoTime() - giveUp > 0) {
        throw new IllegalStateException("Kafka delivered only %d records".formatted(received));
      }
      for (var next : consumer.records(POLL)) {
        took[received++] = System.nanoTime() - ByteBuffer.wrap(next.value()).getLong();
      }
    }
    return Latencies.ofNanos(LongStream.of(took).skip(WARM_UP));
  }

  /** The value begins with the time at which it was sent. */
  private record Sender(Producer<String, byte[]> producer, String topic)
      implements LoadGenerator.LoadConnection {
    @Override
    public boolean once(int number) throws Exception {
      var value = ByteBuffer.allocate(PAYLOAD).putLong(System.nanoTime()).array();
      var _ = producer.send(new ProducerRecord<>(topic, "key", value));
      return true;
    }

    @Override
    public void close() {
      // the producer is closed by its owner
    }
  }
}
