package dev.darkroom.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads what comes to a topic from now on. */
final class TestingConsumer implements AutoCloseable {
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<ConsumerRecord<String, byte[]>> seen = new ArrayList<>();

  TestingConsumer(String bootstrapServers, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    var partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position); // seeking is lazy, and what comes next must be seen
  }

  /** Also hears what is there already. */
  TestingConsumer fromTheBeginning() {
    consumer.seekToBeginning(consumer.assignment());
    return this;
  }

  /** The first record with this key. */
  ConsumerRecord<String, byte[]> awaitKey(String key) {
    return await(received -> key.equals(received.key()), "key " + key);
  }

  /** The first record with this value of a header. */
  ConsumerRecord<String, byte[]> awaitHeader(String name, String value) {
    return await(
        received -> {
          var header = received.headers().lastHeader(name);
          return header != null && new String(header.value(), UTF_8).equals(value);
        },
        name + " " + value);
  }

  private ConsumerRecord<String, byte[]> await(
      Predicate<ConsumerRecord<String, byte[]>> wanted, String described) {
    for (var until = Instant.now().plusSeconds(20); Instant.now().isBefore(until); ) {
      consumer.poll(Duration.ofMillis(200)).forEach(seen::add);
      var found = seen.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new AssertionError("no record with " + described + " among " + seen.size());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
