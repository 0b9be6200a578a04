package dev.darkroom.ledger.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AccessKeyTextTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void a_key_reads_as_it_was_written() {
    Stream.generate(() -> AccessKeyText.draw(random))
        .limit(1_000)
        .forEach(key -> assertThat(AccessKeyText.parse(key.text())).contains(key));
  }

  @Test
  void the_smallest_and_the_largest_secret_have_the_same_length() {
    assertThat(AccessKeyText.draw(bytesOf(0)).secret()).isEqualTo("0".repeat(43));
    assertThat(AccessKeyText.draw(bytesOf(0xff)).secret()).hasSize(43).doesNotStartWith("0");
  }

  private static RandomGenerator bytesOf(int value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public void nextBytes(byte[] bytes) {
        Arrays.fill(bytes, (byte) value);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dk_", "dk_abc_def", "Dk_abcdefabcdef_", "eyJhbGciOi.a.b"})
  void what_is_no_key_is_told_from_one(String text) {
    assertThat(AccessKeyText.parse(text)).isEmpty();
  }

  @Test
  void the_hash_is_that_of_the_whole_secret() {
    var key = AccessKeyText.draw(random);
    var other = new AccessKeyText(key.id(), AccessKeyText.draw(random).secret());

    assertThat(key.secretHash()).matches("[0-9a-f]{64}");
    assertThat(key.hasHash(key.secretHash())).isTrue();
    assertThat(other.hasHash(key.secretHash())).isFalse();
    assertThat(key.hasHash("")).isFalse();
  }

  @Test
  void a_key_that_gets_into_a_log_has_no_secret() {
    var key = AccessKeyText.draw(random);

    assertThat(key.toString()).contains(key.id()).doesNotContain(key.secret());
  }
}
