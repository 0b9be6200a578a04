package dev.darkroom.worker.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.darkroom.ledger.jobs.CallBilling;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.AttemptOutcome.ImageSize;
import dev.darkroom.worker.outcome.RetryPolicy.RetryDecision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RetryPolicyTest {
  private static final Duration CAP = Duration.ofSeconds(60);
  private static final Optional<Duration> CALL = Optional.of(Duration.ofMillis(1234));
  private static final StoredPicture PICTURE =
      new StoredPicture(
          new RequestId(UUID.randomUUID()), "0".repeat(64), 10, PictureFormat.WEBP, 1024, 1024);

  private final Backoff backoff =
      new Backoff(new BackoffSettings(Duration.ofSeconds(1), 2, CAP), new Random(1));
  private final RetryPolicy policy = new RetryPolicy(backoff, Duration.ofSeconds(10));

  static List<Arguments> setbacks() {
    return List.of(
        arguments(
            new AttemptOutcome.Failed(FailureCode.BAD_REPLY, "r", "t"),
            Step.ATTEMPT_FAILED,
            "bad_reply",
            true,
            30,
            60),
        arguments(
            new AttemptOutcome.RateLimited(Duration.ofSeconds(7), "r"),
            Step.ATTEMPT_FAILED,
            "rate_limited",
            false,
            7,
            8),
        arguments(
            new AttemptOutcome.RateLimited(null, "r"),
            Step.ATTEMPT_FAILED,
            "rate_limited",
            false,
            0,
            4),
        arguments(
            new AttemptOutcome.NotSent("r"),
            Step.ATTEMPT_FAILED,
            "provider_unavailable",
            false,
            0,
            4),
        arguments(
            new AttemptOutcome.Unavailable(null, "r"),
            Step.ATTEMPT_FAILED,
            "provider_unavailable",
            false,
            0,
            4),
        arguments(
            new AttemptOutcome.Unavailable(Duration.ofSeconds(7), "r"),
            Step.ATTEMPT_FAILED,
            "provider_unavailable",
            false,
            7,
            8),
        arguments(
            new AttemptOutcome.CircuitOpen("r"),
            Step.ATTEMPT_FAILED,
            "provider_unavailable",
            false,
            10,
            11),
        arguments(
            new AttemptOutcome.Forbidden("r", "t", true),
            Step.ATTEMPT_FAILED,
            "access_refused",
            true,
            30,
            60),
        arguments(
            new AttemptOutcome.Misconfigured(ProviderRefusal.KEY, "r", true),
            Step.ATTEMPT_FAILED,
            "misconfigured",
            false,
            10,
            11),
        arguments(
            new AttemptOutcome.Misconfigured(ProviderRefusal.MODEL, "r", false),
            Step.ATTEMPT_FAILED,
            "misconfigured",
            false,
            0,
            4),
        arguments(
            new AttemptOutcome.NotStored("r"),
            Step.ATTEMPT_FAILED,
            "picture_not_stored",
            false,
            0,
            4),
        arguments(
            new AttemptOutcome.OutcomeUnknown("r", "t"),
            Step.ATTEMPT_OUTCOME_UNKNOWN,
            "outcome_unknown",
            true,
            30,
            60),
        arguments(
            new AttemptOutcome.Asynchronous("r"),
            Step.ATTEMPT_OUTCOME_UNKNOWN,
            "asynchronous_answer",
            true,
            0,
            0),
        arguments(
            new AttemptOutcome.CancelledInFlight("r"),
            Step.ATTEMPT_OUTCOME_UNKNOWN,
            "outcome_unknown",
            false,
            0,
            0));
  }

  @ParameterizedTest
  @MethodSource("setbacks")
  void a_job_goes_on_after_these(
      AttemptOutcome outcome, Step step, String code, boolean counts, int atLeast, int atMost) {
    var decision = policy.decide(outcome, 3, Optional.empty(), "nebius");

    assertThat(decision).isInstanceOf(RetryDecision.RetryJob.class);
    RetryableFailure failure = ((RetryDecision.RetryJob) decision).failure();
    assertThat(((RetryDecision.RetryJob) decision).known()).isEqualTo("r");
    assertThat(failure.outcome()).isEqualTo(step);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.counts()).isEqualTo(counts);
    assertThat(failure.delay()).isBetween(Duration.ofSeconds(atLeast), Duration.ofSeconds(atMost));
  }

  @Test
  void a_job_that_nebius_rejects_has_failed() {
    assertThat(
            policy.decide(
                new AttemptOutcome.Rejected(FailureCode.REJECTED, "too wide"), 1, CALL, "nebius"))
        .isEqualTo(
            new RetryDecision.FailJob(
                "rejected", "too wide", CallBilling.NO, Map.of("callMillis", 1234L)));
  }

  static List<Arguments> what_is_known_of_the_bill() {
    return List.of(
        arguments(new AttemptOutcome.Failed(FailureCode.BAD_REPLY, "r", "t"), CallBilling.UNKNOWN),
        arguments(
            new AttemptOutcome.Failed(FailureCode.PROVIDER_UNAVAILABLE, "r", "t"), CallBilling.NO),
        arguments(new AttemptOutcome.OutcomeUnknown("r", "t"), CallBilling.UNKNOWN),
        arguments(new AttemptOutcome.CancelledInFlight("r"), CallBilling.UNKNOWN),
        arguments(new AttemptOutcome.Asynchronous("r"), CallBilling.UNKNOWN),
        arguments(new AttemptOutcome.RateLimited(null, "r"), CallBilling.NO),
        arguments(new AttemptOutcome.NotStored("r"), CallBilling.YES));
  }

  @ParameterizedTest
  @MethodSource
  void what_is_known_of_the_bill(AttemptOutcome outcome, CallBilling billing) {
    var decision = (RetryDecision.RetryJob) policy.decide(outcome, 1, CALL, "nebius");

    assertThat(decision.failure().billing()).isEqualTo(billing);
  }

  @Test
  void the_backoff_grows_up_to_its_cap_and_is_spread_over_all_of_it() {
    var waits = java.util.stream.Stream.generate(() -> backoff.after(20)).limit(1000).toList();

    assertThat(waits).allMatch(wait -> wait.compareTo(CAP) <= 0);
    assertThat(waits).anyMatch(wait -> wait.compareTo(CAP.dividedBy(10)) < 0);
    assertThat(waits).anyMatch(wait -> wait.compareTo(CAP.dividedBy(10).multipliedBy(9)) > 0);
  }

  @Test
  void the_last_of_five_attempts_that_count_comes_after_a_minute() {
    for (int i = 0; i < 100; i++) {
      var waits = IntStream.rangeClosed(1, 4).mapToObj(backoff::patiently).toList();

      assertThat(waits.getFirst()).isLessThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus)).isGreaterThan(CAP);
    }
  }

  static List<Arguments> what_is_ours() {
    var said = "account 7 owes 3 $; /srv/pictures, db.internal, pid 4711";
    return List.of(
        arguments(
            new AttemptOutcome.Misconfigured(ProviderRefusal.BALANCE, said, true), "operator"),
        arguments(new AttemptOutcome.Misconfigured(ProviderRefusal.MODEL, said, false), "model"),
        arguments(new AttemptOutcome.NotStored(said), "could not be stored"),
        arguments(new AttemptOutcome.NotSent(said), "no call was made"),
        arguments(new AttemptOutcome.RateLimited(null, said), "limits the rate"),
        arguments(new AttemptOutcome.Unavailable(null, said, "told"), "told"),
        arguments(new AttemptOutcome.Failed(FailureCode.BAD_REPLY, said, "told"), "told"),
        arguments(new AttemptOutcome.OutcomeUnknown(said, "told"), "told"));
  }

  @ParameterizedTest
  @MethodSource("what_is_ours")
  void clients_get_a_sentence_and_the_log_gets_what_is_known(
      AttemptOutcome outcome, String sentence) {
    var decision = (RetryDecision.RetryJob) policy.decide(outcome, 1, Optional.empty(), "nebius");

    assertThat(decision.failure().reason())
        .contains(sentence)
        .doesNotContain("account", "/srv", "db.", "4711");
    assertThat(decision.known()).contains("account 7");
  }

  @Test
  void a_picture_of_another_size_completes_its_job_and_the_log_says_what_was_asked() {
    assertThat(policy.decide(succeeded(new ImageSize(1000, 1000)), 1, CALL, "nebius"))
        .isEqualTo(
            new RetryDecision.CompleteJob(
                PICTURE,
                CallBilling.YES,
                Map.of(
                    "source",
                    "nebius",
                    "asked",
                    new ImageSize(1000, 1000),
                    "callMillis",
                    1234L,
                    "savingMillis",
                    5L)));
    assertThat(policy.decide(succeeded(new ImageSize(1024, 1024)), 1, CALL, "nebius"))
        .isEqualTo(
            new RetryDecision.CompleteJob(
                PICTURE,
                CallBilling.YES,
                Map.of("source", "nebius", "callMillis", 1234L, "savingMillis", 5L)));
  }

  @Test
  void a_picture_that_was_already_stored_cost_this_attempt_no_call() {
    assertThat(
            policy.decide(new AttemptOutcome.AlreadyStored(PICTURE), 2, Optional.empty(), "nebius"))
        .isEqualTo(
            new RetryDecision.CompleteJob(
                PICTURE, CallBilling.NOT_CALLED, Map.of("source", "store")));
  }

  private static AttemptOutcome succeeded(ImageSize asked) {
    return new AttemptOutcome.Succeeded(PICTURE, asked, Duration.ofMillis(5));
  }
}
