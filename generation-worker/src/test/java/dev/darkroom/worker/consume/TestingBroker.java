package dev.darkroom.worker.consume;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.messaging.JobRecords;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.json.JsonMapper;

/** A broker that can be stopped and started again, and the gateway's part: sending jobs. */
final class TestingBroker implements AutoCloseable {
  static final JobRecords RECORDS = new JobRecords(JsonMapper.builder().build());
  private static final Instant LATER = Instant.parse("2126-11-22T12:00:00Z");
  private static final GenerationRequest REQUEST =
      new GenerationRequest("a fox", null, 0.7, 0.5, null, 512, 512, 42, null, null);

  final Admin admin;
  private final Path folder;
  private final KafkaProducer<String, byte[]> producer;
  private EmbeddedKafkaBroker broker;

  TestingBroker(Path folder) throws IOException {
    this.folder = folder;
    broker = EmbeddedKafkaBroker.start(folder, 0, 0);
    admin = Admin.create(connection());
    producer = new KafkaProducer<>(connection(), new StringSerializer(), new ByteArraySerializer());
  }

  Map<String, Object> connection() {
    return Map.of("bootstrap.servers", broker.bootstrapServers(), "reconnect.backoff.max.ms", 500);
  }

  void createTopic(String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  /** Sends so many jobs, one after the other. */
  List<RequestId> send(String topic, int jobs) {
    return IntStream.range(0, jobs).mapToObj(_ -> send(topic)).toList();
  }

  private RequestId send(String topic) {
    var id = new RequestId(UUID.randomUUID());
    var job = new JobMessage(id, "ada", REQUEST, Map.of("parameters", Map.of()), LATER, "");
    var record = RECORDS.write(new DueJob(job, null, LATER, LATER));
    sendRaw(topic, id.toString(), record.value());
    return id;
  }

  void sendRaw(String topic, String key, byte[] value) {
    try {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    } catch (Exception e) {
      throw new IllegalStateException("the broker did not take a record", e);
    }
  }

  void stop() throws IOException {
    broker.close();
  }

  void startAgain() throws IOException {
    broker = EmbeddedKafkaBroker.start(folder, broker.port(), broker.controllerPort());
  }

  @Override
  public void close() throws IOException {
    producer.close();
    admin.close();
    broker.close();
  }
}
