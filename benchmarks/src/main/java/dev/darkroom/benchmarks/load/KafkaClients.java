package dev.darkroom.benchmarks.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Plain clients of one broker, set up as gateway and worker set up theirs. */
public record KafkaClients(String bootstrapServers) {
  /** One partition, as the topic of jobs has. */
  public void createTopic(String topic) throws ExecutionException, InterruptedException {
    try (var admin = Admin.create(common())) {
      admin.createTopics(Set.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  public Producer<String, byte[]> producer() {
    var config = common();
    config.put("acks", "all");
    config.put("linger.ms", 0);
    return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  /** An ordinary consumer that reads the topic from its beginning. */
  public Consumer<String, byte[]> consumer(String topic) {
    var consumer =
        new KafkaConsumer<>(common(), new StringDeserializer(), new ByteArrayDeserializer());
    var partition = List.of(new TopicPartition(topic, 0));
    consumer.assign(partition);
    consumer.seekToBeginning(partition);
    return consumer;
  }

  /** The only member of a share group that reads the topic from its beginning. */
  public ShareConsumer<String, byte[]> shareConsumer(String topic)
      throws ExecutionException, InterruptedException {
    var group = new ConfigResource(ConfigResource.Type.GROUP, topic);
    var earliest =
        new AlterConfigOp(
            new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
    try (var admin = Admin.create(common())) {
      admin.incrementalAlterConfigs(Map.of(group, List.of(earliest))).all().get();
    }
    var config = common();
    config.put("group.id", topic);
    var consumer =
        new KafkaShareConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    consumer.subscribe(List.of(topic));
    return consumer;
  }

  private Map<String, Object> common() {
    var config = new HashMap<String, Object>();
    config.put("bootstrap.servers", bootstrapServers);
    return config;
  }
}
