package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended after which its job may be tried again.
 *
 * @param outcome {@link Step#ATTEMPT_FAILED} if there surely is no picture, {@link
 *     Step#ATTEMPT_OUTCOME_UNKNOWN} if the call may have been carried out and billed
 * @param code a word for programs, such as {@code rate_limited}
 * @param reason a sentence for clients, without details that only operators may see
 * @param counts whether it uses up one of the job's attempts; an outage does not
 * @param delay until the job is due again
 * @param call how long the call took; null if none was made or its end is unknown
 * @param billing what is known of the bill for the call; the log says so where surely none was made
 */
public record RetryableFailure(
    Step outcome,
    String code,
    String reason,
    boolean counts,
    Duration delay,
    @Nullable Duration call,
    CallBilling billing) {
  /** The shortest delay near the deadline. */
  private static final Duration SOONEST = Duration.ofSeconds(1);

  public RetryableFailure {
    if (outcome != Step.ATTEMPT_FAILED && outcome != Step.ATTEMPT_OUTCOME_UNKNOWN) {
      throw new IllegalArgumentException(outcome.word() + " does not describe a retryable failure");
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("the delay must not be negative");
    }
    reason = Columns.storable(reason);
  }

  public RetryableFailure(
      Step outcome, String code, String reason, boolean counts, Duration delay) {
    this(outcome, code, reason, counts, delay, null);
  }

  public RetryableFailure(
      Step outcome,
      String code,
      String reason,
      boolean counts,
      Duration delay,
      @Nullable Duration call) {
    this(
        outcome,
        code,
        reason,
        counts,
        delay,
        call,
        outcome == Step.ATTEMPT_OUTCOME_UNKNOWN ? CallBilling.UNKNOWN : CallBilling.NO);
  }

  /**
   * The same, due early enough that the job is tried again before its deadline.
   *
   * @param timeLeft until then
   */
  public RetryableFailure dueBeforeDeadline(Duration timeLeft) {
    var half = timeLeft.dividedBy(2);
    return dueWithin(half.compareTo(SOONEST) > 0 ? half : SOONEST);
  }

  /** The same, due after this long at the latest. */
  public RetryableFailure dueWithin(Duration longest) {
    var sooner = longest.isNegative() ? Duration.ZERO : longest;
    return sooner.compareTo(delay) < 0
        ? new RetryableFailure(outcome, code, reason, counts, sooner, call, billing)
        : this;
  }

  /** The same after a call that took so long. */
  public RetryableFailure afterCallOf(Duration took) {
    return new RetryableFailure(outcome, code, reason, counts, delay, took, billing);
  }

  /** The same where no call was made. */
  public RetryableFailure withoutCall() {
    return outcome == Step.ATTEMPT_FAILED
        ? new RetryableFailure(outcome, code, reason, counts, delay, null, CallBilling.NOT_CALLED)
        : this;
  }

  /** The same, of a call of whose bill this is known. */
  public RetryableFailure billed(CallBilling known) {
    return new RetryableFailure(outcome, code, reason, counts, delay, call, known);
  }

  /** What became of a job whose attempt ended without a picture. */
  public sealed interface Rescheduled {
    /** The job is due again then, and published then. */
    record DueAgain(RequestId requestId, Instant dueAt) implements Rescheduled {}

    /** That was its last attempt. */
    record Exhausted(FinishedJob job) implements Rescheduled {}

    /** The job has ended, or another attempt holds it; nothing was written. */
    record NotHeld(RequestId requestId) implements Rescheduled {}
  }
}
