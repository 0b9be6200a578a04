package dev.darkroom.benchmarks;

import dev.darkroom.benchmarks.measure.AcceptBenchmark;
import dev.darkroom.benchmarks.measure.AccessBenchmark;
import dev.darkroom.benchmarks.measure.Benchmark;
import dev.darkroom.benchmarks.measure.CancelBenchmark;
import dev.darkroom.benchmarks.measure.ClaimBenchmark;
import dev.darkroom.benchmarks.measure.DispatchBenchmark;
import dev.darkroom.benchmarks.measure.DrainBenchmark;
import dev.darkroom.benchmarks.measure.FloodBenchmark;
import dev.darkroom.benchmarks.measure.HistoryBenchmark;
import dev.darkroom.benchmarks.measure.KafkaBenchmark;
import dev.darkroom.benchmarks.measure.LiveStreamBenchmark;
import dev.darkroom.benchmarks.measure.LogBenchmark;
import dev.darkroom.benchmarks.measure.MemoryBenchmark;
import dev.darkroom.benchmarks.measure.NoisyOwnerBenchmark;
import dev.darkroom.benchmarks.measure.OldSnapshotBenchmark;
import dev.darkroom.benchmarks.measure.PictureBenchmark;
import dev.darkroom.benchmarks.measure.ReplayBenchmark;
import dev.darkroom.benchmarks.measure.StatsBenchmark;
import dev.darkroom.benchmarks.measure.SteadyLoadBenchmark;
import dev.darkroom.benchmarks.measure.YoungSystemBenchmark;
import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.results.PerformancePage;
import dev.darkroom.benchmarks.results.ResultTable;
import dev.darkroom.benchmarks.results.Results;
import dev.darkroom.benchmarks.results.ResultsFile;
import dev.darkroom.benchmarks.stand.Neighbours;
import dev.darkroom.benchmarks.stand.Stand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * Takes the measures named in {@code darkroom.benchmarks}, or all, in {@code
 * darkroom.benchmarks.rounds} rounds. It is started in the project's folder, after the applications
 * have been packaged: {@code ./mvnw -pl benchmarks -am verify -Pbenchmarks}.
 */
final class BenchmarksApplication {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final int ROUNDS = Integer.getInteger("darkroom.benchmarks.rounds", 3);
  private static final int MINUTES = Integer.getInteger("darkroom.benchmarks.minutes", 10);
  private static final List<Benchmark> MEASURES =
      List.of(
          new AcceptBenchmark(CLOCK, ROUNDS),
          new YoungSystemBenchmark(CLOCK, ROUNDS),
          new DispatchBenchmark(CLOCK, ROUNDS),
          new KafkaBenchmark(),
          new DrainBenchmark(CLOCK, ROUNDS),
          new SteadyLoadBenchmark(CLOCK),
          new LiveStreamBenchmark(CLOCK),
          new ClaimBenchmark(),
          new LogBenchmark(),
          new StatsBenchmark(),
          new MemoryBenchmark(CLOCK),
          new PictureBenchmark(CLOCK));

  /** Those that are taken only where they are named. */
  private static final List<Benchmark> FURTHER =
      List.of(
          new AccessBenchmark(CLOCK, ROUNDS),
          new NoisyOwnerBenchmark(CLOCK),
          new FloodBenchmark(CLOCK),
          new OldSnapshotBenchmark(CLOCK, MINUTES),
          new CancelBenchmark(CLOCK),
          new ReplayBenchmark(CLOCK),
          new HistoryBenchmark());

  private BenchmarksApplication() {}

  static void main() throws Exception {
    var measures = chosen(System.getProperty("darkroom.benchmarks", ""));
    var project = Path.of("").toAbsolutePath();
    ProgressConsole.line("benchmarks | starting PostgreSQL");
    var programs = new Stand.Programs(options("gateway-java"), options("worker-java"));
    var results = run(measures, project, programs);
    ProgressConsole.line("\n" + ResultTable.of(results.findings()));
    var missing =
        measures.stream()
            .map(Benchmark::name)
            .filter(name ->
                results.findings().stream().noneMatch(found -> found.measure().equals(name)))
            .toList();
    keep(results, project, measures.size() == MEASURES.size() && missing.isEmpty());
    if (!missing.isEmpty()) {
      throw new IllegalStateException("these measures failed: " + missing);
    }
  }

  private static Results run(List<Benchmark> measures, Path project, Stand.Programs programs)
      throws Exception {
    try (var stand = Stand.build(project, programs)) {
      return Surroundings.of(stand, project, CLOCK).with(take(measures, stand));
    }
  }

  private static List<Finding> take(List<Benchmark> measures, Stand stand) throws Exception {
    var findings = new ArrayList<Finding>();
    for (var measure : measures) {
      ProgressConsole.progress(measure.name(), "begins");
      var neighbours = Neighbours.watch(stand);
      try {
        findings.addAll(
            measure.take(stand, what -> ProgressConsole.progress(measure.name(), what)));
        ProgressConsole.progress(
            measure.name(),
            "done; others took %.0f %% of the processors".formatted(neighbours.percentTaken()));
      } catch (IOException | SQLException | ExecutionException | IllegalStateException e) {
        ProgressConsole.progress(measure.name(), "failed, the others go on: " + e);
      }
    }
    return findings;
  }

  /** A whole run is for the repository, a part of one for a look. */
  private static void keep(Results results, Path project, boolean whole) throws IOException {
    var module = project.resolve("benchmarks");
    if (!whole) {
      ResultsFile.write(results, module.resolve("target").resolve("results.json"));
      return;
    }
    ResultsFile.write(results, module.resolve("results").resolve("latest.json"));
    for (var page : PerformancePage.allIn(project)) {
      Files.writeString(page, PerformancePage.with(results, Files.readString(page)));
    }
    ProgressConsole.line(
        "benchmarks | written: benchmarks/results/latest.json, docs/performance.md");
  }

  private static List<String> options(String name) {
    var options = System.getProperty("darkroom.benchmarks." + name, "");
    return options.isBlank() ? List.of() : List.of(options.strip().split(" +"));
  }

  private static List<Benchmark> chosen(String names) {
    if (names.isBlank()) {
      return MEASURES;
    }
    return Arrays.stream(names.split(","))
        .map(String::strip)
        .map(name ->
            Stream.concat(MEASURES.stream(), FURTHER.stream())
                .filter(measure -> measure.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no measure " + name)))
        .toList();
  }
}
