package dev.darkroom.gateway.extras.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.extras.log.LogQueryParser.LogQuery;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.http.TimeCursor;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogQueryParserTest {
  private static final TimeCursor CURSOR =
      new TimeCursor(Instant.parse("2026-11-24T12:30:00.123456Z"), 42);

  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");

  @Test
  void nothing_asked_for_is_everything_from_the_start() {
    var query = understood();
    assertThat(query.filter()).contains(new LogFilter(null, null, null, null, null, null));
    assertThat(query.limit()).isEqualTo(50);
    assertThat(query.offset()).isZero();
    assertThat(query.after()).isEqualTo(LogPosition.START);
  }

  @Test
  void a_moment_is_read_to_the_microsecond() {
    request.setParameter("since", "2026-11-24T12:30:00.000000001Z");
    assertThat(filter().since()).isEqualTo(Instant.parse("2026-11-24T12:30:00.000001Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-11-24T12:30:00Z", "2026-11-24T12:29:59Z"})
  void a_range_that_holds_no_moment_is_named_by_both_ends(String until) {
    request.setParameter("since", "2026-11-24T12:30:00Z");
    request.setParameter("until", until);
    assertThat(bad()).extracting(BadField::field).containsExactly("since", "until");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ab", "猫が", "🦊🦊", " a", "%_", "\\\\"})
  void a_text_has_two_characters_at_least(String text) {
    request.setParameter("q", text);
    assertThat(filter().text()).isEqualTo(text);
  }

  @Test
  void a_text_has_200_characters_at_most_however_they_are_encoded() {
    request.setParameter("q", "🦊".repeat(200));
    assertThat(filter().text()).isNotNull();
    request.setParameter("q", "x".repeat(201));
    assertThat(bad()).containsExactly(new BadField("q", "must have between 2 and 200 characters"));
    request.setParameter("q", "🦊");
    assertThat(bad()).containsExactly(new BadField("q", "must have between 2 and 200 characters"));
  }

  @Test
  void a_text_with_nul_matches_nothing() {
    request.setParameter("q", "a\0b");
    assertThat(understood().filter()).isEmpty();
  }

  @Test
  void a_cursor_is_the_position_it_was_made_of() {
    request.setParameter("cursor", CURSOR.text());
    assertThat(understood().after()).isEqualTo(LogPosition.of(CURSOR.at(), CURSOR.seq()));
    assertThat(CURSOR.text()).matches("[A-Za-z0-9_-]{22}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "MTIz",
        "AAZFJZl2gEAAAAAAAAAAKg==",
        "AAZFJZl2gEAAAAAAAAAAKh",
        "f_________8AAAAAAAAAKg",
        "gAAAAAAAAAAAAAAAAAAAKg",
        "AAZFJZl2gEAAAAAAAAAAKgAA",
        "äöü"
      })
  void a_broken_cursor_is_refused(String cursor) {
    request.setParameter("cursor", cursor);
    assertThat(bad())
        .containsExactly(new BadField("cursor", "must be the nextCursor of an earlier reply"));
  }

  @ParameterizedTest
  @CsvSource({"cursor, with a cursor", "q, with q"})
  void an_offset_goes_with_neither_cursor_nor_text(String other, String words) {
    request.setParameter(other, CURSOR.text());
    request.setParameter("offset", "0");
    assertThat(understood().offset()).isZero();
    request.setParameter("offset", "1");
    assertThat(bad())
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("offset");
          assertThat(error.message()).contains(words);
        });
  }

  @Test
  void every_mistake_is_listed_at_once() {
    for (var name : new String[] {"limit", "offset", "cursor", "status", "since", "until", "q"}) {
      request.setParameter(name, "?");
    }
    assertThat(bad())
        .extracting(BadField::field)
        .containsExactly("limit", "offset", "cursor", "status", "since", "until", "q");
  }

  private LogFilter filter() {
    return understood().filter().orElseThrow();
  }

  private LogQuery understood() {
    return switch (LogQueryParser.page(request)) {
      case Parsed.Success<LogQuery>(var query) -> query;
      case Parsed.BadFields<LogQuery>(var errors) -> throw new AssertionError(errors);
    };
  }

  private List<BadField> bad() {
    return switch (LogQueryParser.page(request)) {
      case Parsed.Success<LogQuery>(var query) -> throw new AssertionError(query);
      case Parsed.BadFields<LogQuery>(var errors) -> errors;
    };
  }
}
