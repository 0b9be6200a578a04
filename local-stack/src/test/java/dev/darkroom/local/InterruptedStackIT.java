package dev.darkroom.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C on a stack that a script started: the shell ignores SIGINT for what it starts with &. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class InterruptedStackIT {
  @Test
  void an_interrupt_stops_it_in_order_although_the_shell_ignores_interrupts(@TempDir Path folder)
      throws Exception {
    var said = folder.resolve("said");
    var script = command(folder.resolve("state")) + " >'" + said + "' 2>&1 & echo $!; wait $!";
    var shell = new ProcessBuilder("sh", "-c", script).start();
    try {
      var pid = Long.parseLong(shell.inputReader().readLine().strip());
      var stack = ProcessHandle.of(pid).orElseThrow();
      try {
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> said(said).contains("Darkroom is ready") || !stack.isAlive());
        assertThat(said(said)).contains("Darkroom is ready");

        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor())
            .isZero();

        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(said(said)).endsWith("darkroom | stopped\n");
      } finally {
        stack.destroy();
      }
    } finally {
      shell.destroy();
    }
  }

  private static String said(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private static String command(Path state) {
    var ports =
        Stream.of("gateway", "management", "postgres", "kafka", "kafka-controller", "simulator")
            .map(port -> "--darkroom.local." + port + "-port=0");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Stream.concat(
            Stream.of(
                java,
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                LocalStackApplication.class.getName(),
                "--darkroom.local.state=" + state),
            ports)
        .map(word -> "'" + word + "'")
        .collect(Collectors.joining(" "));
  }
}
