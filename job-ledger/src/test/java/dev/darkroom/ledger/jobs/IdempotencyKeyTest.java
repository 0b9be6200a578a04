package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IdempotencyKeyTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "8e03978e-40d5-43dd-bc93-6894a57f9324", "a b", "~!\"\\"})
  void printable_ASCII_is_a_key(String text) {
    assertThat(new IdempotencyKey(text, "f").value()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\tb", "a\u007f", "é", "a\0"})
  void anything_else_is_none(String text) {
    assertThat(IdempotencyKey.isKey(text)).isFalse();
    assertThatThrownBy(() -> new IdempotencyKey(text, "f"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_key_has_255_characters_at_most() {
    assertThat(IdempotencyKey.isKey("a".repeat(255))).isTrue();
    assertThat(IdempotencyKey.isKey("a".repeat(256))).isFalse();
  }
}
