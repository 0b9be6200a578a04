package dev.darkroom.ledger.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.jobs.Job.AttemptMade.AttemptEnd;
import dev.darkroom.ledger.jobs.Job.AttemptMade.AttemptResult;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AttemptMadeTest {
  private static final Instant BEGIN = Instant.parse("2026-11-22T12:00:00Z");

  /** Steps are written as "step attempt", a second after each other. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "request_received | ''",
        "calling_nebius_api 1 | 1:under way",
        "calling_nebius_api 1, image_generated 1 | 1:succeeded",
        "calling_nebius_api 1, nebius_api_error 1 | 1:failed",
        "calling_nebius_api 1, attempt_failed 1, retry_scheduled 1 | 1:failed",
        "calling_nebius_api 1, attempt_failed 1, attempts_exhausted 1 | 1:failed",
        "calling_nebius_api 1, attempt_outcome_unknown 1, retry_scheduled 1 | 1:unknown",
        "calling_nebius_api 1, attempt_outcome_unknown 1, deadline_exceeded 1 | 1:unknown",
        "calling_nebius_api 1, attempt_outcome_unknown 1, retry_scheduled 1, image_generated 1 |"
            + " 1:succeeded",
        "calling_nebius_api 1, attempt_outcome_unknown 1, retry_scheduled 1, nebius_api_error 1 |"
            + " 1:failed",
        "calling_nebius_api 1, attempt_failed 1, calling_nebius_api 2 | 1:failed 2:under way",
        "calling_nebius_api 1, attempt_outcome_unknown 1, calling_nebius_api 2, image_generated 2 |"
            + " 1:unknown 2:succeeded",
        "request_received, deadline_exceeded 0 | ''",
        "prompt_optimized 1, calling_nebius_api, image_generated | ''"
      })
  void steps_tell_what_became_of_each_attempt(String steps, String expected) {
    var told =
        AttemptMade.in(log(steps)).stream()
            .map(made ->
                made.number()
                    + ":"
                    + (made.end() == null ? "under way" : made.end().outcome().word()))
            .collect(Collectors.joining(" "));
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void an_attempt_says_who_made_it_when_and_why_it_ended() {
    var attempts = AttemptMade.in(log("request_received, calling_nebius_api 1, attempt_failed 1"));

    assertThat(attempts)
        .containsExactly(
            new AttemptMade(
                1,
                "worker of 1",
                null,
                BEGIN.plusSeconds(1),
                new AttemptEnd(
                    BEGIN.plusSeconds(2),
                    AttemptResult.FAILED,
                    "reason of attempt_failed",
                    null,
                    null)));
  }

  @Test
  void an_attempt_says_what_its_call_cost_where_the_log_does() {
    var steps = log("calling_nebius_api 1, image_generated 1");
    var details = new HashMap<>(Objects.requireNonNull(steps.getLast().details()));
    details.put("callMillis", 8_123);
    details.put("savingMillis", 17);
    var said = List.of(steps.getFirst(), step("image_generated", details, BEGIN.plusSeconds(1)));

    assertThat(AttemptMade.in(said).getFirst().end())
        .isEqualTo(
            new AttemptEnd(BEGIN.plusSeconds(1), AttemptResult.SUCCEEDED, null, 8_123L, 17L));
  }

  @Test
  void a_success_has_no_reason_even_if_its_outcome_was_unknown_before() {
    var attempts =
        AttemptMade.in(log("calling_nebius_api 1, attempt_outcome_unknown 1, image_generated 1"));

    assertThat(attempts.getFirst().end())
        .isEqualTo(new AttemptEnd(BEGIN.plusSeconds(2), AttemptResult.SUCCEEDED, null, null, null));
  }

  private static List<LogEntry> log(String steps) {
    var seconds = new AtomicInteger();
    return Arrays.stream(steps.split(", ", -1))
        .map(step -> step.split(" ", -1))
        .map(step ->
            entry(
                step[0],
                step.length == 1 ? null : Integer.valueOf(step[1]),
                BEGIN.plusSeconds(seconds.getAndIncrement())))
        .toList();
  }

  private static LogEntry entry(String step, @Nullable Integer attempt, Instant at) {
    var details = new HashMap<String, Object>();
    if (attempt != null) {
      details.put("attempt", attempt);
      switch (step) {
        case "calling_nebius_api" -> details.put("worker", "worker of " + attempt);
        case "image_generated" -> details.put("contentType", "image/webp");
        default -> details.put("reason", "reason of " + step);
      }
    }
    return step(step, details, at);
  }

  private static LogEntry step(String step, Map<String, Object> details, Instant at) {
    return new LogEntry(
        1,
        new UUID(0, 1),
        new RequestId(new UUID(0, 2)),
        "",
        "ada",
        "a lighthouse",
        JobStatus.PROCESSING,
        step,
        details,
        null,
        at);
  }
}
