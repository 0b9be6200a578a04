package dev.darkroom.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Results;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import org.apache.kafka.common.utils.AppInfoParser;

/** What a reader must know of a run to compare it with another. It names no machine and no path. */
record Surroundings(String commit, String date, String machine, String postgresql) {
  private static final double BYTES_PER_GIB = 1024.0 * 1024 * 1024;

  static Surroundings of(Stand stand, Path project, Clock clock) throws IOException, SQLException {
    return new Surroundings(
        commit(project), LocalDate.now(clock).toString(), thisMachine(), version(stand.server()));
  }

  Results with(List<Finding> findings) {
    return new Results(
        commit,
        date,
        machine,
        Runtime.version().toString(),
        postgresql,
        AppInfoParser.getVersion(),
        findings);
  }

  private static String thisMachine() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return "%d processors, %.0f GiB"
        .formatted(system.getAvailableProcessors(), system.getTotalMemorySize() / BYTES_PER_GIB);
  }

  private static String version(Database server) throws SQLException {
    try (var connection = server.connect()) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }

  private static String commit(Path project) throws IOException {
    var git =
        new ProcessBuilder("git", "describe", "--always", "--dirty")
            .directory(project.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var output = git.getInputStream()) {
      var said = new String(output.readAllBytes(), UTF_8).strip();
      return said.isEmpty() ? "unknown" : said;
    }
  }
}
