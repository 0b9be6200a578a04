package dev.darkroom.benchmarks;

import dev.darkroom.benchmarks.measure.Measure;
import dev.darkroom.benchmarks.measure.MeasureAccept;
import dev.darkroom.benchmarks.measure.MeasureClaim;
import dev.darkroom.benchmarks.measure.MeasureDispatch;
import dev.darkroom.benchmarks.measure.MeasureDrain;
import dev.darkroom.benchmarks.measure.MeasureKafka;
import dev.darkroom.benchmarks.measure.MeasureLogs;
import dev.darkroom.benchmarks.measure.MeasureMemory;
import dev.darkroom.benchmarks.measure.MeasureSteady;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.Table;
import dev.darkroom.benchmarks.stand.Stand;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes the measures named in {@code darkroom.benchmarks}, or all. It is started in the project's
 * folder, after the applications have been packaged: {@code ./mvnw -pl benchmarks -am verify
 * -Pbenchmarks}.
 */
final class BenchmarksApplication {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final List<Measure> MEASURES =
      List.of(
          new MeasureAccept(CLOCK),
          new MeasureDispatch(CLOCK),
          new MeasureKafka(),
          new MeasureDrain(CLOCK),
          new MeasureSteady(CLOCK),
          new MeasureClaim(),
          new MeasureLogs(),
          new MeasureMemory(CLOCK));

  private BenchmarksApplication() {}

  static void main() throws Exception {
    var measures = chosen(System.getProperty("darkroom.benchmarks", ""));
    var findings = new ArrayList<Finding>();
    Say.line("benchmarks | starting PostgreSQL");
    var programs = new Stand.Programs(options("gateway-java"), options("worker-java"));
    try (var stand = Stand.build(Path.of("").toAbsolutePath(), programs)) {
      for (var measure : measures) {
        Say.progress(measure.name(), "begins");
        findings.addAll(measure.take(stand, what -> Say.progress(measure.name(), what)));
      }
    }
    Say.line("");
    Say.line(Table.of(findings));
  }

  private static List<String> options(String name) {
    var options = System.getProperty("darkroom.benchmarks." + name, "");
    return options.isBlank() ? List.of() : List.of(options.strip().split(" +"));
  }

  private static List<Measure> chosen(String names) {
    if (names.isBlank()) {
      return MEASURES;
    }
    return Arrays.stream(names.split(","))
        .map(String::strip)
        .map(name ->
            MEASURES.stream()
                .filter(measure -> measure.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no measure " + name)))
        .toList();
  }
}
