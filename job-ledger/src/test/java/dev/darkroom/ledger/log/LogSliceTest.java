package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogSliceTest {
  @Test
  void a_text_is_counted_as_long_as_it_is_in_json() {
    var ascii = IntStream.range(0, 128).mapToObj(Character::toString).collect(Collectors.joining());
    assertThat(LogSlice.jsonBytes(ascii)).isEqualTo(bytesInJson(ascii));
    assertThat(LogSlice.jsonBytes("ÄÖ 猫カフェ 🦊\u2028")).isEqualTo(bytesInJson("ÄÖ 猫カフェ 🦊\u2028"));
    assertThat(LogSlice.jsonBytes("\u0001\"\\")).isEqualTo(6 + 2 + 2);
    assertThat(LogSlice.jsonBytes("")).isZero();
  }

  private static int bytesInJson(String text) {
    var json = JsonMapper.builder().build().writeValueAsString(text);
    return json.getBytes(StandardCharsets.UTF_8).length - 2;
  }
}
