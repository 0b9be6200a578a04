package dev.darkroom.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class WorkerLifecycleTest {
  private static final Duration CALL = Duration.ofMinutes(2);

  @TempDir Path root;

  @Test
  void an_operator_finds_host_and_process_of_the_id_that_clients_are_shown(CapturedOutput output) {
    logSettings(null);

    assertThat(output.getAll())
        .contains("worker starts", "w-test", ManagementFactory.getRuntimeMXBean().getName())
        .doesNotContain("WARN");
  }

  @Test
  void a_drain_shorter_than_a_call_is_warned_of(CapturedOutput output) {
    assertThat(settings(null).drainOr(CALL)).isEqualTo(CALL);
    logSettings(CALL);
    assertThat(output.getAll()).doesNotContain("WARN");

    logSettings(Duration.ofSeconds(30));
    assertThat(output.getAll())
        .contains("darkroom.worker.drain is shorter than darkroom.nebius.timeout");
  }

  @Test
  void more_jobs_than_threads_are_warned_of(CapturedOutput output) throws IOException {
    Files.createDirectories(root.resolve("sys/fs/cgroup"));
    Files.writeString(root.resolve("sys/fs/cgroup/pids.max"), "110");

    logSettings(null);

    assertThat(output.getAll())
        .contains("darkroom.worker.concurrency is more than the limit of processes allows");
  }

  private void logSettings(@Nullable Duration drain) {
    WorkerLifecycle.logSettings(settings(drain), CALL, new ThreadLimit(root));
  }

  private static WorkerSettings settings(@Nullable Duration drain) {
    return new WorkerSettings("w-test", 16, Duration.ofSeconds(30), drain);
  }
}
