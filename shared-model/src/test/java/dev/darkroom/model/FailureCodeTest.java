package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FailureCodeTest {
  @ParameterizedTest
  @EnumSource
  void every_code_is_documented_and_read_back(FailureCode code) throws IOException {
    assertThat(Files.readString(Path.of("../docs/job-lifecycle.md")))
        .contains("`" + code.word() + "`");
    assertThat(FailureCode.of(code.word())).hasValue(code);
  }

  @Test
  void a_code_of_a_later_version_is_none() {
    assertThat(FailureCode.of("struck_by_lightning")).isEmpty();
  }
}
