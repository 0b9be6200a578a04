package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.Parsed.BadField;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestParametersTest {
  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
  private final RequestParameters parameters = new RequestParameters(request);

  @Test
  void an_empty_parameter_is_absent_and_the_first_of_several_counts() {
    request.setParameter("userId", " ", "bob", "alice");
    request.setParameter("limit", "");
    assertThat(parameters.text("userId")).contains("bob");
    assertThat(parameters.texts("userId")).containsExactly("bob", "alice");
    assertThat(parameters.integer("limit", 1, 5)).isEmpty();
    assertThat(errors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T12:30:00Z, 2026-11-24T12:30:00Z",
    "2026-11-24t12:30:00z, 2026-11-24T12:30:00Z",
    "2026-11-24 12:30:00Z, 2026-11-24T12:30:00Z",
    "2026-11-24T13:30:00+01:00, 2026-11-24T12:30:00Z",
    "2026-11-24T13:30:00 01:00, 2026-11-24T12:30:00Z",
    "2026-11-24T04:30:00-08:00, 2026-11-24T12:30:00Z",
    "2026-11-24T12:30:00-00:00, 2026-11-24T12:30:00Z",
    "2026-11-24T12:30Z, 2026-11-24T12:30:00Z",
    "2026-11-24T13:30 01:00, 2026-11-24T12:30:00Z",
    "2026-11-24T12:30:00.5Z, 2026-11-24T12:30:00.5Z",
    "2026-11-24T12:30:00.000001Z, 2026-11-24T12:30:00.000001Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z"
  })
  void a_timestamp_may_have_any_offset(String text, Instant instant) {
    request.setParameter("since", text);
    assertThat(parameters.instant("since")).contains(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-24",
        "2026-11-24T12:30",
        "2026-11-24T12:30:00",
        "2026-02-30T12:30:00Z",
        "2026-11-24T24:00:01Z",
        "2026-11-24T23:59:60Z",
        "+12026-11-24T12:30:00Z",
        "2026-11-24T12:30:00+25:00",
        "2026-11-24T12:30:00.Z",
        "1764000000",
        "yesterday",
        "２０２６-11-24T12:30:00Z"
      })
  void a_bad_timestamp_is_rejected_with_the_rule(String text) {
    request.setParameter("until", text);
    assertThat(parameters.instant("until")).isEmpty();
    assertThat(errors())
        .singleElement()
        .satisfies(error -> assertThat(error.message()).contains("RFC 3339"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "6", "-1", "1.0", "x", "1234567890123456789", "３"})
  void an_integer_outside_its_limits_is_rejected(String text) {
    request.setParameter("limit", text);
    assertThat(parameters.integer("limit", 1, 5)).isEmpty();
    assertThat(errors())
        .containsExactly(new BadField("limit", "must be an integer between 1 and 5"));
  }

  @Test
  void all_bad_parameters_are_listed() {
    request.setParameter("limit", "x");
    request.setParameter("format", "xml");
    parameters.integer("limit", 1, 5);
    parameters.oneOf("format", List.of("csv", "ndjson"), Function.identity());
    parameters.reject("q", "is too long");
    assertThat(errors())
        .containsExactly(
            new BadField("limit", "must be an integer between 1 and 5"),
            new BadField("format", "must be one of csv, ndjson"),
            new BadField("q", "is too long"));
  }

  private List<BadField> errors() {
    return switch (parameters.parsed(() -> "read")) {
      case Parsed.Success<String> _ -> List.of();
      case Parsed.BadFields<String>(var errors) -> errors;
    };
  }
}
