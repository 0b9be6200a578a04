package dev.darkroom.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PerformancePageTest {
  private static final List<Path> PAGES = PerformancePage.allIn(Path.of(".."));
  private static final Path LATEST = Path.of("results", "latest.json");

  private static final Results RESULTS =
      new Results(
          "abc1234",
          "2026-11-22",
          "2 processors, 8 GiB",
          "25",
          "18.6",
          "4.2.2",
          List.of(
              new Finding(
                  "accept", "jobs", "/s", 2_000, 3_000.0, BenchmarkTarget.ratioAtLeast(0.6)),
              new Finding("drain", "jobs", "jobs/s", 900, null, BenchmarkTarget.atLeast(1_100))));

  @Test
  void the_pages_say_what_the_latest_results_say() throws IOException {
    var text = text();
    assertThat(PerformancePage.with(ResultsFile.read(LATEST), text))
        .as("docs/performance.md is written by the benchmarks, see there")
        .isEqualTo(text);
  }

  @Test
  void every_measure_of_the_latest_results_is_on_a_page() throws IOException {
    var text = text();
    assertThat(ResultsFile.read(LATEST).findings())
        .isNotEmpty()
        .allSatisfy(finding -> assertThat(text).contains("| " + finding.what() + " |"));
  }

  @Test
  void what_stands_between_the_marks_is_replaced_and_the_rest_is_left() {
    var page =
        """
        # Before
        <!-- results of run -->
        old
        <!-- end of results -->
        Between
        <!-- results of accept, steady -->
        | typed by hand |
        <!-- end of results -->
        After
        """;
    assertThat(PerformancePage.with(RESULTS, page))
        .isEqualTo(
            """
            # Before
            <!-- results of run -->
            Commit `abc1234`, 2026-11-22: 2 processors, 8 GiB, Java 25, PostgreSQL 18.6, Kafka 4.2.2.
            <!-- end of results -->
            Between
            <!-- results of accept, steady -->
            | measure | what | measured | floor | ratio | target | met |
            | --- | --- | ---: | ---: | ---: | --- | --- |
            | accept | jobs | 2,000 /s | 3,000 /s | 0.67 × | ≥ 0.6 × | yes |
            <!-- end of results -->
            After
            """);
  }

  @Test
  void results_are_read_as_they_were_written(@TempDir Path folder) throws IOException {
    var file = folder.resolve("new").resolve("results.json");
    ResultsFile.write(RESULTS, file);
    assertThat(ResultsFile.read(file)).isEqualTo(RESULTS);
    assertThat(Files.readString(file)).doesNotContain(folder.toString());
  }

  private static String text() throws IOException {
    var text = new StringBuilder();
    for (var page : PAGES) {
      text.append(Files.readString(page));
    }
    return text.toString();
  }
}
