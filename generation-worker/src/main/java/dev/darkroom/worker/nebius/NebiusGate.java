package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether calls may be made now, and why not. Closed to calls during an outage (the circuit
 * breaker), after our key, account or model was refused (the same breaker, opened by hand, probed
 * the same way), and for as long as Nebius asked us to wait.
 */
public final class NebiusGate {
  private static final Logger log = LoggerFactory.getLogger(NebiusGate.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final CircuitBreaker breaker;
  private final Duration probeAfter;
  private final Clock clock;
  private volatile Instant pausedUntil = Instant.MIN;
  private volatile Instant openUntil = Instant.MIN;
  private volatile Why why = new Why(null, "");

  /**
   * Why calls fail, or did when they last failed.
   *
   * @param refusal of ours by Nebius; null stands for an outage
   * @param reason of the call that failed, in words
   */
  private record Why(@Nullable Refusal refusal, String reason) {
    String inWords(String state) {
      var head = refusal == null ? "nebius: " : "nebius: " + refusal.inWords() + "; ";
      return head + state + (reason.isEmpty() ? "" : ": " + reason);
    }
  }

  NebiusGate(CircuitBreaker breaker, Duration probeAfter, Clock clock) {
    this.breaker = breaker;
    this.probeAfter = probeAfter;
    this.clock = clock;
    var _ = breaker.getEventPublisher().onStateTransition(this::changed);
  }

  /** Passes a call through the breaker. */
  AttemptOutcome pass(Callable<AttemptOutcome> call) throws Exception {
    breaker.acquirePermission();
    @Nullable AttemptOutcome outcome = null;
    var begun = breaker.getCurrentTimestamp();
    try {
      outcome = call.call();
      return outcome;
    } finally {
      if (outcome == null || !provesAnything(outcome)) {
        breaker.releasePermission(); // or a probe that came to nothing would be the last
      } else {
        heard(outcome, breaker.getCurrentTimestamp() - begun);
      }
    }
  }

  private void heard(AttemptOutcome outcome, long took) {
    remember(outcome);
    breaker.onResult(took, breaker.getTimestampUnit(), outcome);
    if (outcome instanceof Misconfigured(var _, var _, boolean ofAll)
        && ofAll
        && breaker.getState() == CircuitBreaker.State.CLOSED) {
      breaker.transitionToOpenState();
    }
  }

  /** How many calls may be under way at once: none while it is closed, one while it is probed. */
  public int callsAllowed() {
    if (clock.instant().isBefore(pausedUntil)) {
      return 0;
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 0;
      case HALF_OPEN -> 1;
      case CLOSED, DISABLED, METRICS_ONLY -> Integer.MAX_VALUE;
    };
  }

  /** When a job that was turned away here should come again. */
  public Duration turnedAwayFor() {
    return probeAfter;
  }

  /** In words, for the health page. */
  public String state() {
    if (clock.instant().isBefore(pausedUntil)) {
      return why.inWords("paused until " + pausedUntil);
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> why.inWords("open until " + openUntil);
      case HALF_OPEN -> why.inWords("half-open, the next call probes");
      case CLOSED, DISABLED, METRICS_ONLY -> "closed: calls are made";
    };
  }

  /** Whether no calls, or but one to probe, are made for this reason. */
  boolean isBlockedBy(Block block) {
    if (clock.instant().isBefore(pausedUntil)) {
      return block == Block.RATE_LIMITED;
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN, HALF_OPEN -> block == Block.of(why.refusal());
      case CLOSED, DISABLED, METRICS_ONLY -> false;
    };
  }

  private void changed(CircuitBreakerOnStateTransitionEvent event) {
    var to = event.getStateTransition().getToState();
    if (to == CircuitBreaker.State.OPEN) {
      openUntil = clock.instant().plus(probeAfter);
    }
    log.atWarn()
        .addKeyValue("from", event.getStateTransition().getFromState())
        .addKeyValue("to", to)
        .addKeyValue("reason", state())
        .log(
            "the way to Nebius changed; while it is open jobs wait, and one call probes it now and"
                + " then");
  }

  private void remember(AttemptOutcome outcome) {
    var said = outageReason(outcome);
    if (said != null) {
      why = new Why(outcome instanceof Misconfigured refused ? refused.refusal() : null, said);
    }
    if (outcome instanceof RateLimited limited) {
      why = new Why(null, limited.reason());
      var until = clock.instant().plus(pause(limited));
      pausedUntil = until.isAfter(pausedUntil) ? until : pausedUntil;
    }
  }

  private static Duration pause(RateLimited limited) {
    var asked = limited.retryAfter();
    if (asked == null) {
      return Duration.ofSeconds(1);
    }
    return asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
  }

  /** Outcomes that say nothing about Nebius: the call was ended by us, or never begun. */
  private static boolean provesAnything(AttemptOutcome outcome) {
    return switch (outcome) {
      case AttemptOutcome.Withdrawn _,
          AttemptOutcome.RecordDiffers _,
          AttemptOutcome.GivenUp _,
          AttemptOutcome.NotStored _,
          AttemptOutcome.TurnedAway _,
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

  /**
   * True for outcomes that the breaker counts as failures: signs of an outage, not of a bad job.
   */
  static boolean isOutage(AttemptOutcome outcome) {
    return outageReason(outcome) != null;
  }

  private static @Nullable String outageReason(AttemptOutcome outcome) {
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
