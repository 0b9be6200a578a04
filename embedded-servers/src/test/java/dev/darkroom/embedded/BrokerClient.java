package dev.darkroom.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** Speaks to a broker as the application does: one topic, one share group. */
record BrokerClient(String bootstrapServers) {
  private static final String TOPIC = "greetings";
  private static final String GROUP = "readers";

  void createTopic() throws Exception {
    try (Admin admin = Admin.create(settings())) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      var group = new ConfigResource(ConfigResource.Type.GROUP, GROUP);
      var earliest =
          new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), OpType.SET);
      admin.incrementalAlterConfigs(Map.of(group, List.of(earliest))).all().get();
    }
  }

  void send(String text) throws Exception {
    try (var producer =
        new KafkaProducer<>(settings(), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, text)).get();
    }
  }

  /** Takes records of the share group and accepts them, until there are {@code count}. */
  List<String> receive(int count) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "group.id", GROUP);
    var received = new ArrayList<String>();
    try (var consumer =
        new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      Awaitility.await()
          .pollInSameThread()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            consumer.poll(Duration.ofSeconds(1)).forEach(r -> received.add(r.value()));
            return received.size() >= count;
          });
      consumer.commitSync();
    }
    return received;
  }

  private Map<String, Object> settings() {
    return Map.of("bootstrap.servers", bootstrapServers);
  }
}
