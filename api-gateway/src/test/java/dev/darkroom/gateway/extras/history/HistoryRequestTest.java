package dev.darkroom.gateway.extras.history;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.ledger.history.HistoryPosition;
import dev.darkroom.ledger.history.HistoryPosition.MissingNumbers;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HistoryRequestTest {
  private static final String EPOCH = "0123456789abcdef";

  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");

  @Test
  void nothing_asked_for_is_the_first_hundred() {
    assertThat(HistoryRequest.of(request))
        .isEqualTo(new Parsed.Success<>(new HistoryRequest(Optional.empty(), 100, false)));
  }

  @Test
  void a_cursor_is_the_position_it_was_made_of() {
    for (var missing : new MissingNumbers[] {null, new MissingNumbers(4_712, 1L << 40)}) {
      var position = new HistoryPosition(EPOCH, 4_711, missing);
      assertThat(HistoryCursor.parse(HistoryCursor.of(position))).contains(position);
      assertThat(HistoryCursor.of(position)).matches("[A-Za-z0-9_-]+");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcdef",
        "0123456789abcdef:",
        "0123456789abcdef:-1",
        "0123456789abcdef:01",
        "0123456789abcdef:1:2",
        "0123456789abcdef:1:2:3:4",
        "0123456789abcdef:9999999999999999999",
        "0123456789ABCDEF:1",
        " 0123456789abcdef:1",
        "0123456789abcdef:1\n"
      })
  void other_texts_are_no_positions(String text) {
    var cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(US_ASCII));
    assertThat(HistoryCursor.parse(cursor)).isEmpty();
  }

  @Test
  void what_is_no_base64_is_no_cursor() {
    assertThat(HistoryCursor.parse("ä")).isEmpty();
    assertThat(HistoryCursor.parse("MDEyMzQ1Njc4OWFiY2RlZjox=")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"limit, 0", "limit, 1001", "limit, x", "after, x"})
  void what_is_wrong_is_named(String parameter, String value) {
    request.setParameter(parameter, value);
    assertThat(
            HistoryRequest.of(request) instanceof Parsed.BadFields<HistoryRequest>(var errors)
                ? errors
                : List.<BadField>of())
        .extracting(BadField::field)
        .containsExactly(parameter);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/x-ndjson | true",
        "application/x-ndjson, */*;q=0.5 | true",
        "application/x-ndjson, application/json;q=0.5 | true",
        "application/json, application/x-ndjson;q=0.5 | false",
        "application/x-ndjson;q=0 | false",
        "application/json | false",
        "*/* | false",
        "text/html | false",
        "nonsense | false"
      })
  void lines_are_for_those_who_name_them(String accept, boolean lines) {
    request.addHeader("Accept", accept);
    assertThat(HistoryRequest.of(request))
        .isEqualTo(new Parsed.Success<>(new HistoryRequest(Optional.empty(), 100, lines)));
  }
}
