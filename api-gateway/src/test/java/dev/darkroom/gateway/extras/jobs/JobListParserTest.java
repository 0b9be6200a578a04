package dev.darkroom.gateway.extras.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.extras.jobs.JobListParser.JobListQuery;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.ledger.listing.JobListFilter;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobListParserTest {
  private static final RequestId ID =
      new RequestId(UUID.fromString("01a20447-e3de-71a7-b4d0-efaed399ad93"));

  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");

  @Test
  void nothing_asked_for_is_the_first_page_of_all_jobs() {
    assertThat(JobListParser.parse(request))
        .isEqualTo(
            new Parsed.Success<>(
                new JobListQuery(new JobListFilter(null, null, null, null, null), null, 50)));
  }

  @Test
  void all_that_is_asked_for_is_understood() {
    request.setParameter("status", "failed");
    request.setParameter("errorCode", "rejected");
    request.setParameter("userId", "ada");
    request.setParameter("since", "2026-11-24T12:30:00Z");
    request.setParameter("until", "2026-11-24T13:30:00Z");
    request.setParameter("cursor", JobCursor.of(ID));
    request.setParameter("limit", "500");

    assertThat(JobListParser.parse(request))
        .isEqualTo(
            new Parsed.Success<>(
                new JobListQuery(
                    new JobListFilter(
                        JobStatus.FAILED,
                        "rejected",
                        "ada",
                        Instant.parse("2026-11-24T12:30:00Z"),
                        Instant.parse("2026-11-24T13:30:00Z")),
                    ID,
                    500)));
  }

  @ParameterizedTest
  @CsvSource({
    "limit, 0",
    "limit, 501",
    "status, done",
    "status, FAILED",
    "since, yesterday",
    "until, 2026-11-24",
    "cursor, x",
    "cursor, AaIER-PecaeLTQ76rTma2"
  })
  void what_is_wrong_is_named(String parameter, String value) {
    request.setParameter(parameter, value);
    assertThat(bad()).extracting(BadField::field).containsExactly(parameter);
  }

  @ParameterizedTest
  @ValueSource(strings = {"userId", "errorCode"})
  void nul_is_in_no_text_of_the_ledger(String parameter) {
    request.setParameter(parameter, "a\0b");
    assertThat(bad()).containsExactly(new BadField(parameter, "must not contain U+0000"));
  }

  @Test
  void a_range_that_holds_no_moment_is_named_by_both_ends() {
    request.setParameter("since", "2026-11-24T12:30:00Z");
    request.setParameter("until", "2026-11-24T12:30:00Z");
    assertThat(bad()).extracting(BadField::field).containsExactly("since", "until");
  }

  @Test
  void a_cursor_is_the_id_it_was_made_of() {
    assertThat(JobCursor.parse(JobCursor.of(ID))).contains(ID);
    assertThat(JobCursor.of(ID)).matches("[A-Za-z0-9_-]{22}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "AAAA", "AaIER-PecaeLTQ76rTma2g==", "AAAAAAAAAAAAAAAAAAAAAB"})
  void other_texts_are_no_cursors(String text) {
    assertThat(JobCursor.parse(text)).isEmpty();
  }

  private List<BadField> bad() {
    return JobListParser.parse(request) instanceof Parsed.BadFields<JobListQuery>(var errors)
        ? errors
        : List.of();
  }
}
