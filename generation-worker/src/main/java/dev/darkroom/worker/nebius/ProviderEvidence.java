package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Forbidden;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import org.jspecify.annotations.Nullable;

/** What an outcome says about Nebius, and so to the circuit breaker. */
final class ProviderEvidence {
  private ProviderEvidence() {}

  /**
   * False for outcomes that say nothing: the call was ended by us, or never begun, or it did not
   * get past a firewall.
   */
  static boolean isIn(AttemptOutcome outcome) {
    return switch (outcome) {
      case AttemptOutcome.Withdrawn _,
          AttemptOutcome.RecordDiffers _,
          AttemptOutcome.GivenUp _,
          AttemptOutcome.NotStored _,
          AttemptOutcome.TurnedAway _,
          Forbidden _,
          AttemptOutcome.AlreadyStored _ ->
          false;
      case AttemptOutcome.Succeeded _,
          AttemptOutcome.Rejected _,
          AttemptOutcome.Asynchronous _,
          AttemptOutcome.Failed _,
          AttemptOutcome.Unavailable _,
          RateLimited _,
          AttemptOutcome.NotMade _,
          Misconfigured _,
          AttemptOutcome.Unknown _ ->
          true;
    };
  }

  /** Whether Nebius has looked at the call, and so has let it in. */
  static boolean ofAccess(AttemptOutcome outcome) {
    return outcome instanceof AttemptOutcome.Succeeded
        || outcome instanceof AttemptOutcome.Rejected;
  }

  /**
   * The reason, where the breaker counts it as a failure: a sign of an outage, not of a bad job.
   */
  static @Nullable String ofOutage(AttemptOutcome outcome) {
    return switch (outcome) {
      case AttemptOutcome.Failed failed -> failed.reason();
      case AttemptOutcome.Unavailable unavailable -> unavailable.reason();
      case AttemptOutcome.NotMade notMade -> notMade.reason();
      case Misconfigured misconfigured -> misconfigured.ofAll() ? misconfigured.reason() : null;
      case AttemptOutcome.Unknown unknown -> unknown.reason();
      case AttemptOutcome.Succeeded _,
          AttemptOutcome.AlreadyStored _,
          AttemptOutcome.Rejected _,
          AttemptOutcome.Asynchronous _,
          Forbidden _,
          RateLimited _,
          AttemptOutcome.Withdrawn _,
          AttemptOutcome.RecordDiffers _,
          AttemptOutcome.TurnedAway _,
          AttemptOutcome.GivenUp _,
          AttemptOutcome.NotStored _ ->
          null;
    };
  }
}
