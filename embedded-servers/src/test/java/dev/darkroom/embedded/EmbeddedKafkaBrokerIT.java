package dev.darkroom.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EmbeddedKafkaBrokerIT {
  @TempDir Path folder;

  @Test
  void a_share_group_gets_what_was_sent_before_a_restart_and_after_it() throws Exception {
    int port;
    int controllerPort;
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0)) {
      port = broker.port();
      controllerPort = broker.controllerPort();
      var client = new BrokerClient(broker.bootstrapServers());
      client.createTopic();
      client.send("one");
      client.send("two");
      assertThat(client.receive(2)).containsExactly("one", "two");
      client.send("three");
    }
    try (var broker = EmbeddedKafkaBroker.start(folder, port, controllerPort)) {
      var client = new BrokerClient(broker.bootstrapServers());
      client.send("four");
      assertThat(client.receive(2)).containsExactly("three", "four");
    }
  }

  @Test
  void a_folder_may_move_to_other_ports() throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0)) {
      var client = new BrokerClient(broker.bootstrapServers());
      client.createTopic();
      client.send("one");
    }
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0)) {
      assertThat(new BrokerClient(broker.bootstrapServers()).receive(1)).containsExactly("one");
    }
  }

  @Test
  void a_taken_port_is_named_before_anything_is_made() throws Exception {
    try (var holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = holder.getLocalPort();
      assertThatThrownBy(() -> EmbeddedKafkaBroker.start(folder, taken, 0))
          .isInstanceOf(PortInUseException.class)
          .hasMessage("port %d is in use; Kafka needs it", taken);
      assertThatThrownBy(() -> EmbeddedKafkaBroker.start(folder, 0, taken))
          .isInstanceOf(PortInUseException.class)
          .hasMessage("port %d is in use; Kafka's controller needs it", taken);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_folder_has_one_broker_at_a_time() throws Exception {
    try (var broker = EmbeddedKafkaBroker.start(folder, 0, 0)) {
      assertThatThrownBy(() -> EmbeddedKafkaBroker.start(folder, 0, 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
      var client = new BrokerClient(broker.bootstrapServers());
      client.createTopic();
      client.send("one");
      assertThat(client.receive(1)).containsExactly("one");
    }
  }

  @Test
  void who_comes_through_a_side_door_is_sent_to_the_port_it_advertises() throws Exception {
    int main = LoopbackPort.claim(0, "this test");
    var door = new SideDoor("WORKER_1", LoopbackPort.claim(0, "this test"), main);
    try (var broker = EmbeddedKafkaBroker.start(folder, main, 0, List.of(door));
        var admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + door.port()))) {
      assertThat(admin.describeCluster().nodes().get(30, TimeUnit.SECONDS))
          .extracting(Node::port)
          .containsExactly(broker.port());
      var client = new BrokerClient("127.0.0.1:" + door.port());
      client.createTopic();
      client.send("one");
      assertThat(new BrokerClient(broker.bootstrapServers()).receive(1)).containsExactly("one");
    }
  }

  @Test
  void a_side_door_may_not_take_the_name_of_another_listener() {
    assertThatThrownBy(() -> new SideDoor("CONTROLLER", 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("CONTROLLER");
    assertThatThrownBy(() -> new SideDoor("a,b", 1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a,b");
  }
}
