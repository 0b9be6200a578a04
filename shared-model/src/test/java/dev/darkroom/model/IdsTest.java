package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IdsTest {
  private static final String HEADER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final RandomGenerator random = new Random(7);

  @Test
  void a_request_id_is_read_in_its_one_spelling() {
    var text = "0198f0de-7a5b-7cde-8f01-23456789abcd";

    assertThat(RequestId.parse(text)).contains(new RequestId(UUID.fromString(text)));
    assertThat(RequestId.parse(text.toUpperCase(Locale.ROOT)))
        .hasValueSatisfying(id -> assertThat(id).hasToString(text));
  }

  @Test
  void a_request_id_says_when_it_was_created() {
    assertThat(RequestId.parse("019aa111-a6d5-7cde-8f01-23456789abcd").orElseThrow().createdAt())
        .contains(Instant.ofEpochMilli(0x019aa111a6d5L));
    assertThat(new RequestId(new UUID(0x4000L, 1)).createdAt()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1-1-1-1-1",
        "0198f0de7a5b7cde8f0123456789abcd",
        "0198f0de-7a5b-7cde-8f01-23456789abcg",
        "0198f0de-7a5b-7cde-8f01-23456789abcd\n",
        " 0198f0de-7a5b-7cde-8f01-23456789abcd",
        "{0198f0de-7a5b-7cde-8f01-23456789abcd}",
      })
  void anything_else_is_no_request_id(String text) {
    assertThat(RequestId.parse(text)).isEmpty();
  }

  @Test
  void a_trace_enters_as_the_client_sent_it() {
    assertThat(TraceParent.parse(HEADER)).contains(new TraceParent(HEADER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
      })
  void a_malformed_trace_is_ignored(String header) {
    assertThat(TraceParent.parse(header)).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> new TraceParent(header));
  }

  @Test
  void a_child_is_in_the_same_trace_with_the_same_flags_and_an_id_of_its_own() {
    var child = new TraceParent(HEADER).child(random).value();

    assertThat(child).startsWith(HEADER.substring(0, 36)).endsWith("-01").isNotEqualTo(HEADER);
  }

  @Test
  void each_trace_that_begins_has_an_id_of_its_own() {
    var begun = new HashSet<String>();
    IntStream.range(0, 1_000).forEach(_ -> begun.add(TraceParent.begin(random).value()));

    assertThat(begun).hasSize(1_000).allMatch(value -> value.endsWith("-00"));
  }
}
