package dev.darkroom.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ResultTableTest {
  @Test
  void a_row_says_what_was_measured_against_what() {
    var table =
        ResultTable.of(
            List.of(
                new Finding(
                    "accept", "jobs", "/s", 1_500, 3_000.0, BenchmarkTarget.ratioAtLeast(0.6)),
                new Finding("drain", "memory", "MiB", 301.26, null, BenchmarkTarget.atMost(330)),
                new Finding("drain", "per job, worker", "ms", 0.5124, null, null)));
    assertThat(table)
        .isEqualTo(
            """
            | measure | what | measured | floor | ratio | target | met |
            | --- | --- | ---: | ---: | ---: | --- | --- |
            | accept | jobs | 1,500 /s | 3,000 /s | 0.50 × | ≥ 0.6 × | **no** |
            | drain | memory | 301 MiB |  |  | ≤ 330 | yes |
            | drain | per job, worker | 0.512 ms |  |  |  |  |
            """);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "12345.6, '12,346'", "99.96, 100.0", "9.994, 9.99", "0.01234, 0.012"})
  void a_number_has_three_digits_that_mean_something(double value, String written) {
    assertThat(ResultTable.number(value)).isEqualTo(written);
  }
}
