package dev.darkroom.worker.report;

import static dev.darkroom.ledger.UnknownOutcomePolicy.FAIL;
import static dev.darkroom.ledger.UnknownOutcomePolicy.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.Setback;
import dev.darkroom.model.Step;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AttemptPolicyTest {
  private static final Setback GIVEN_UP =
      new Setback(Step.ATTEMPT_OUTCOME_UNKNOWN, "outcome_unknown", "r", false, Duration.ZERO);
  private static final Setback FAILED =
      new Setback(Step.ATTEMPT_FAILED, "bad_reply", "r", true, Duration.ZERO);

  @Test
  void where_a_second_bill_is_ruled_out_an_unknown_outcome_is_the_last() {
    var policy = new AttemptPolicy(5, FAIL);

    assertThat(policy.allowedAttempts(GIVEN_UP)).isZero();
    assertThat(policy.weigh(GIVEN_UP).counts()).isTrue();
  }

  @Test
  void a_known_failure_is_tried_again_under_either_policy() {
    assertThat(new AttemptPolicy(5, FAIL).allowedAttempts(FAILED)).isEqualTo(5);
    assertThat(new AttemptPolicy(5, RETRY).allowedAttempts(FAILED)).isEqualTo(5);
  }

  @Test
  void otherwise_a_call_that_we_gave_up_does_not_count() {
    var policy = new AttemptPolicy(5, RETRY);

    assertThat(policy.weigh(GIVEN_UP)).isEqualTo(GIVEN_UP);
    assertThat(policy.allowedAttempts(GIVEN_UP)).isEqualTo(5);
  }
}
