package dev.darkroom.worker.nebius;

import static java.util.Objects.requireNonNull;

import dev.darkroom.model.FailureCode;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.picture.StoredPicture;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt; docs/architecture.md says what follows from each. A {@code reason} is
 * for this worker's log and health; clients get {@code clientReason} where there is one.
 */
public sealed interface AttemptOutcome {
  /** The name in metrics, such as {@code not_sent}. */
  default String label() {
    return getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  /** Empty where there is a picture. */
  default String reason() {
    return "";
  }

  /**
   * The picture is stored.
   *
   * @param asked the size that was asked for
   * @param saving from the last byte of the response until the picture was durable
   */
  record Succeeded(StoredPicture picture, ImageSize asked, Duration saving)
      implements AttemptOutcome {
    /** Whether it has the size that was asked for; a model may round it. */
    public boolean isOfAskedSize() {
      return asked.equals(new ImageSize(picture.width(), picture.height()));
    }
  }

  /** An earlier attempt has stored a picture; no call was made. */
  record AlreadyStored(StoredPicture picture) implements AttemptOutcome {}

  /**
   * The same call would fail again: Nebius refuses the request, or sends a picture that can't be
   * kept.
   *
   * @param reason also for clients
   */
  record Rejected(FailureCode code, String reason) implements AttemptOutcome {}

  /** There is certainly no picture: a 5xx, or a response without one. */
  record Failed(FailureCode code, String reason, String clientReason) implements AttemptOutcome {}

  /** Nebius is down or overloaded, or a proxy can't reach it. */
  record Unavailable(@Nullable Duration retryAfter, String reason, String clientReason)
      implements AttemptOutcome {
    public Unavailable(@Nullable Duration retryAfter, String reason) {
      this(retryAfter, reason, reason);
    }
  }

  /** Nebius started a task instead, which may be carried out and billed; so may another one. */
  record Asynchronous(String reason) implements AttemptOutcome {}

  /**
   * 403: a firewall refuses this prompt, or the provider refuses us. Only other jobs tell which.
   *
   * @param mayAffectAllJobs whether it may be the latter; not if the job names its own model
   */
  record Forbidden(String reason, String clientReason, boolean mayAffectAllJobs)
      implements AttemptOutcome {}

  /** 429. */
  record RateLimited(@Nullable Duration retryAfter, String reason) implements AttemptOutcome {}

  /** The request was certainly not sent: no connection, no DNS entry, no TLS. */
  record NotSent(String reason) implements AttemptOutcome {}

  /** We cancelled before anything was sent: the worker stops, or the job is over. */
  record CancelledBeforeSend(String reason) implements AttemptOutcome {}

  /** No call was made: the circuit breaker is open. */
  record CircuitOpen(String reason) implements AttemptOutcome {}

  /**
   * Our key, our account or our model is refused; the job is not to blame.
   *
   * @param affectsAllJobs not if the job names its own model
   */
  record Misconfigured(ProviderRefusal refusal, String reason, boolean affectsAllJobs)
      implements AttemptOutcome {}

  /** Sent, and not answered: the call may have been carried out and billed. */
  record OutcomeUnknown(String reason, String clientReason) implements AttemptOutcome {}

  /** Sent, and cancelled by us: the call may have been carried out and billed. */
  record CancelledInFlight(String reason) implements AttemptOutcome {}

  /** The picture came, and could not be stored. */
  record NotStored(String reason) implements AttemptOutcome {}

  /** In pixels. */
  record ImageSize(int width, int height) {
    /** The size that the parameters of a call ask for. */
    static ImageSize asked(Map<String, ?> parameters) {
      return new ImageSize(pixels(parameters, "width"), pixels(parameters, "height"));
    }

    private static int pixels(Map<String, ?> parameters, String side) {
      return ((Number) requireNonNull(parameters.get(side), side)).intValue();
    }
  }
}
