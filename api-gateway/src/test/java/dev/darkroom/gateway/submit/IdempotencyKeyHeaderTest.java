package dev.darkroom.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.Parsed.BadField;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IdempotencyKeyHeaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '^',
      value = {
        "abc > abc",
        "\"abc\" > abc",
        "8e03978e-40d5-43dd-bc93-6894a57f9324 > 8e03978e-40d5-43dd-bc93-6894a57f9324",
        "a b > a b",
        "a,b > a,b",
        "a\"b > a\"b",
        "\"a\\\"b\" > a\"b",
        "\"a\\\\b\" > a\\b",
        "a\\b > a\\b"
      })
  void a_key_is_read_bare_or_quoted(String line, String key) {
    assertThat(IdempotencyKeyHeader.in(List.of(line)).key()).contains(key);
    assertThat(IdempotencyKeyHeader.in(List.of(line)).errors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\"\"",
        "\" \"",
        "\"",
        "\"abc",
        "\"a\"b\"",
        "\"a\\b\"",
        "\"a\";v=1",
        "é",
        "\"é\"",
        "a\tb",
        "a\u0001"
      })
  void what_is_no_key_is_named_with_the_rule(String line) {
    assertThat(IdempotencyKeyHeader.in(List.of(line)).key()).isEmpty();
    assertThat(IdempotencyKeyHeader.in(List.of(line)).errors())
        .containsExactly(
            new BadField(
                "Idempotency-Key",
                "must be 1 to 255 printable ASCII characters, not blank, bare or in double quotes"));
  }

  @Test
  void a_key_has_255_characters_at_most_not_counting_quotes_and_escapes() {
    assertThat(IdempotencyKeyHeader.in(List.of("a".repeat(255))).errors()).isEmpty();
    assertThat(IdempotencyKeyHeader.in(List.of("\"" + "\\\"".repeat(255) + "\"")).errors())
        .isEmpty();
    assertThat(IdempotencyKeyHeader.in(List.of("a".repeat(256))).errors()).hasSize(1);
  }

  @Test
  void no_header_is_no_key() {
    assertThat(IdempotencyKeyHeader.in(List.of()).key()).isEmpty();
    assertThat(IdempotencyKeyHeader.in(List.of()).errors()).isEmpty();
  }

  @Test
  void one_key_may_come_twice_but_not_two() {
    assertThat(IdempotencyKeyHeader.in(List.of("abc", "\"abc\"")).key()).contains("abc");
    assertThat(IdempotencyKeyHeader.in(List.of("abc", "abd")).errors())
        .extracting(BadField::message)
        .containsExactly("has several values; send one");
  }

  @Test
  @Timeout(2)
  void a_hostile_header_is_read_in_no_time() {
    assertThat(IdempotencyKeyHeader.in(List.of("\"" + "\\\\".repeat(4_000))).errors()).hasSize(1);
  }
}
