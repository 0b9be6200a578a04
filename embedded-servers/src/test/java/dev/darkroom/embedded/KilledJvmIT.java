package dev.darkroom.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledJvmIT {
  @TempDir Path postgresFolder;
  @TempDir Path kafkaFolder;

  @Test
  void after_a_kill_both_servers_start_again_on_the_same_ports_with_what_was_written()
      throws Exception {
    Process jvm = startJvm();
    List<Integer> ports = awaitPorts(jvm);
    var postmaster = new Postmaster(postgresFolder.toRealPath().resolve("data"));
    var orphan = postmaster.process();
    jvm.destroyForcibly().waitFor();
    assertThat(orphan).hasValueSatisfying(server -> assertThat(server.isAlive()).isTrue());

    try (var postgres = EmbeddedPostgresServer.start(postgresFolder, ports.get(0))) {
      assertThat(postmaster.process()).isPresent().isNotEqualTo(orphan);
      assertThat(EmbeddedPostgresServerIT.ask(postgres, "select text from greetings"))
          .isEqualTo("one");
    }
    try (var kafka = EmbeddedKafkaBroker.start(kafkaFolder, ports.get(1), ports.get(2))) {
      assertThat(new BrokerClient(kafka.bootstrapServers()).receive(1)).containsExactly("one");
    }
  }

  private Process startJvm() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            KillableServers.class.getName(),
            postgresFolder.toString(),
            kafkaFolder.toString())
        .redirectError(Redirect.INHERIT)
        .start();
  }

  private static List<Integer> awaitPorts(Process jvm) throws IOException {
    try (BufferedReader output = jvm.inputReader()) {
      return output
          .lines()
          .filter(line -> line.startsWith(KillableServers.READY))
          .findFirst()
          .stream()
          .flatMap(
              line -> List.of(line.substring(KillableServers.READY.length()).split(" ")).stream())
          .map(Integer::valueOf)
          .toList();
    }
  }
}
