package dev.darkroom.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ThreadLimitTest {
  @TempDir Path root;

  @Test
  void where_nothing_is_known_there_is_no_limit() throws IOException {
    file("sys/fs/cgroup/pids.max", "max\n");

    assertThat(limit().threads()).isEmpty();
    assertThat(limit().isTooLowFor(10_000)).isFalse();
  }

  @Test
  void a_container_sees_its_own_group_at_the_root() throws IOException {
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/pids.max", "1024\n");

    assertThat(limit().threads()).hasValue(1024);
    assertThat(limit().isTooLowFor(924)).isFalse();
    assertThat(limit().isTooLowFor(925)).isTrue();
  }

  @Test
  void a_service_is_in_a_group_of_its_own() throws IOException {
    file("proc/self/cgroup", "0::/system.slice/worker.service\n");
    file("sys/fs/cgroup/system.slice/worker.service/pids.max", "120\n");

    assertThat(limit().threads()).hasValue(120);
  }

  @Test
  void groups_of_the_first_version_are_read_as_well() throws IOException {
    file("proc/self/cgroup", "9:name=systemd:/\n8:pids:/docker/ab12\n4:memory:/docker/ab12\n");
    file("sys/fs/cgroup/pids/docker/ab12/pids.max", "300\n");
    file("sys/fs/cgroup/pids/pids.max", "max\n");

    assertThat(limit().threads()).hasValue(300);
  }

  @Test
  void the_lowest_limit_counts() throws IOException {
    file("sys/fs/cgroup/pids.max", "4096\n");
    file(
        "proc/self/limits",
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max stack size            8388608              unlimited            bytes
        Max processes             200                  400                  processes
        """);

    assertThat(limit().threads()).hasValue(200);
  }

  private ThreadLimit limit() {
    return new ThreadLimit(root);
  }

  private void file(String name, String content) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
