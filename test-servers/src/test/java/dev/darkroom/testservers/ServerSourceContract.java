package dev.darkroom.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What tests may rely on, wherever their servers come from. */
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class ServerSourceContract {
  private static final String TOPIC = "greetings";
  private static final String GROUP = "readers";

  abstract ServerSource source();

  @Test
  void postgres_is_version_18_in_utf8_and_its_databases_are_separate() throws Exception {
    PostgresServer server = source().startPostgres();

    TestDatabase one = server.create("one");
    TestDatabase other = server.create("other");

    execute(one, "create table only_in_one(x int)");
    execute(other, "create table only_in_one(x int)");
    assertThat(ask(one, "show server_version")).startsWith("18.");
    assertThat(ask(one, "select '🦊'")).isEqualTo("🦊");
    assertThat(ask(one, "show max_connections")).isEqualTo("300");
  }

  @Test
  void kafka_serves_a_share_group_on_its_single_node() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", source().startKafka());
    prepare(settings);
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "hello")).get();
    }

    assertThat(receiveOne(settings)).containsExactly("hello");
  }

  private static void prepare(Map<String, Object> settings) throws Exception {
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      var earliest =
          new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), OpType.SET);
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.GROUP, GROUP), List.of(earliest)))
          .all()
          .get();
    }
  }

  private static List<String> receiveOne(Map<String, Object> settings) {
    Map<String, Object> consuming = new HashMap<>(settings);
    consuming.put("group.id", GROUP);
    var received = new ArrayList<String>();
    try (var consumer =
        new KafkaShareConsumer<>(consuming, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      Awaitility.await()
          .pollInSameThread()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            consumer.poll(Duration.ofSeconds(1)).forEach(r -> received.add(r.value()));
            return !received.isEmpty();
          });
    }
    return received;
  }

  private static void execute(TestDatabase database, String sql) throws Exception {
    try (var connection =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(TestDatabase database, String query) throws Exception {
    try (var connection =
            DriverManager.getConnection(
                database.jdbcUrl(), database.username(), database.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
