package dev.darkroom.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ContainersIfTheyStartTest {
  @Test
  void where_no_image_can_be_had_the_embedded_servers_are_taken() {
    var servers = new ContainersIfTheyStart(new NoImages(), new RunningServers("embedded"));

    assertThat(servers.startPostgres().host()).isEqualTo("embedded");
    assertThat(servers.startKafka()).isEqualTo("embedded:9092");
  }

  @Test
  void containers_that_start_are_taken() {
    var servers =
        new ContainersIfTheyStart(new RunningServers("container"), new RunningServers("embedded"));

    assertThat(servers.startPostgres().host()).isEqualTo("container");
    assertThat(servers.startKafka()).isEqualTo("container:9092");
  }

  private record RunningServers(String host) implements ServerSource {
    @Override
    public PostgresServer startPostgres() {
      return new PostgresServer(host, 5432, "user", "password");
    }

    @Override
    public String startKafka() {
      return host + ":9092";
    }
  }

  private record NoImages() implements ServerSource {
    @Override
    public PostgresServer startPostgres() {
      throw new IllegalStateException("can't pull");
    }

    @Override
    public String startKafka() {
      throw new IllegalStateException("can't pull");
    }
  }
}
