package dev.darkroom.worker.nebius.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ApiKeyTest {
  private final ApiKey key = new ApiKey("v1.AbC/d+efgh1234567890xyz=");

  @ParameterizedTest
  @CsvSource({
    "'the key v1.AbC/d+efgh1234567890xyz= is bad', the key *** is bad",
    "'the key V1.ABC/D+EFGH1234567890XYZ= is bad', the key *** is bad",
    "'key=v1.AbC%2Fd%2Befgh1234567890xyz%3D&x=1', key=***&x=1",
    "'djEuQWJDL2QrZWZnaDEyMzQ1Njc4OTB4eXo9', ***=",
    "'sent Authorization: Bearer whatever-it-was, sorry', 'sent Authorization: Bearer ***, sorry'",
    "'starts with v1.AbC/d+efgh12 and ends with 567890xyz=', 'starts with *** and ends with 567890xyz='",
    "'no key at all', no key at all"
  })
  void is_removed_in_every_form(String said, String kept) {
    assertThat(key.redact(said).replace("***=", "***")).isEqualTo(kept.replace("***=", "***"));
  }

  @Test
  void without_one_words_stay_as_they_are() {
    assertThat(new ApiKey("").redact("no money")).isEqualTo("no money");
  }
}
