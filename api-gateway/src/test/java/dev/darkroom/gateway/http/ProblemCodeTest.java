package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpStatus;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProblemCodeTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| [0-9]");

  @Test
  void the_page_about_the_api_lists_every_code() throws IOException {
    var page = Files.readString(Path.of("..", "docs", "api.md"));
    var problems = page.substring(page.indexOf("## Problems"), page.indexOf("## Failed jobs"));

    assertThat(ROW.matcher(problems).results().map(row -> row.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemCode.values()).map(ProblemCode::word).toList());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "30, 30", "60, 60", "61, 60", "3600, 60"})
  void nobody_is_told_to_wait_longer_than_a_minute(long seconds, String told) {
    var answer = Problem.unavailable("Not now.", Duration.ofSeconds(seconds)).answer();
    assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo(told);
  }

  @Test
  void no_mistake_of_a_client_is_called_ours() {
    assertThat(Arrays.stream(HttpStatus.values()).filter(HttpStatus::is4xxClientError))
        .allMatch(status -> ProblemCode.of(status.value()) != ProblemCode.INTERNAL_ERROR);
  }
}
