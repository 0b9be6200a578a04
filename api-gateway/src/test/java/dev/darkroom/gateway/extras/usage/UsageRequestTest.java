package dev.darkroom.gateway.extras.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.ledger.statistics.UsageQueries.UsageGrouping;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UsageRequestTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:30:00Z");

  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");

  @Test
  void nothing_asked_for_is_the_last_thirty_days_by_day() {
    assertThat(UsageRequest.of(request, NOW))
        .isEqualTo(
            new Parsed.Success<>(
                new UsageRequest(NOW.minus(Duration.ofDays(30)), NOW, null, UsageGrouping.DAY)));
  }

  @Test
  void the_beginning_follows_the_end() {
    request.setParameter("until", "2026-10-31T00:00:00Z");
    request.setParameter("groupBy", "model");
    request.setParameter("userId", "ada");
    assertThat(UsageRequest.of(request, NOW))
        .isEqualTo(
            new Parsed.Success<>(
                new UsageRequest(
                    Instant.parse("2026-10-01T00:00:00Z"),
                    Instant.parse("2026-10-31T00:00:00Z"),
                    "ada",
                    UsageGrouping.MODEL)));
  }

  @ParameterizedTest
  @CsvSource({
    "since, 2026-11-24T12:30:00Z, since",
    "since, 2026-11-25T12:30:00Z, since",
    "since, 2025-10-20T12:29:59Z, since",
    "since, x, since",
    "until, 2026-11-24, until",
    "groupBy, hour, groupBy"
  })
  void what_is_wrong_is_named(String parameter, String value, String named) {
    request.setParameter(parameter, value);
    assertThat(
            UsageRequest.of(request, NOW) instanceof Parsed.BadFields<UsageRequest>(var errors)
                ? errors
                : List.<BadField>of())
        .extracting(BadField::field)
        .containsExactly(named);
  }

  @Test
  void four_hundred_days_are_the_longest_range() {
    request.setParameter("since", NOW.minus(Duration.ofDays(400)).toString());
    assertThat(UsageRequest.of(request, NOW)).isInstanceOf(Parsed.Success.class);
  }
}
