package dev.darkroom.messaging;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.RequestId;
import dev.darkroom.model.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer downstream, with nothing but the official CloudEvents SDK. */
final class TestingEventConsumer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaConsumer<String, CloudEvent> consumer;

  TestingEventConsumer(String bootstrapServers) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "metadata.max.age.ms", 200),
            new StringDeserializer(),
            new CloudEventDeserializer());
  }

  /** Until the topic is there, all of which is then read from its beginning. */
  void awaitAssignment() {
    await()
        .pollInSameThread()
        .atMost(PATIENCE)
        .until(() -> consumer.listTopics().containsKey(Topics.EVENTS));
    var partitions =
        consumer.partitionsFor(Topics.EVENTS).stream()
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** The next event of this job. */
  CloudEvent next(RequestId id) {
    List<CloudEvent> found = new ArrayList<>();
    await()
        .pollInSameThread()
        .atMost(PATIENCE)
        .until(() -> {
          for (ConsumerRecord<String, CloudEvent> received :
              consumer.poll(Duration.ofMillis(200))) {
            if (received.key().equals(id.toString())) {
              found.add(received.value());
            }
          }
          return !found.isEmpty();
        });
    return requireNonNull(found.getFirst());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
