package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Forbidden;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether calls may be made now, and why not. Closed to calls during an outage (the circuit
 * breaker), after our key, account or model was refused (the same breaker, opened by hand, probed
 * the same way), and for as long as Nebius asked us to wait.
 *
 * <p>Resilience4j counts calls and keeps the state. Which call's result counts is decided here:
 * only that of a call which began in the present state, so that one which hangs from before an
 * outage neither takes the probe's place nor passes for its result.
 */
public final class NebiusGate {
  private static final Logger log = LoggerFactory.getLogger(NebiusGate.class);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** A probe that takes longer is left to itself, and another one is made. */
  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(10);

  /** By then another job is here to probe, if there is one. */
  private static final Duration SUSPECTS_WAIT = Duration.ofSeconds(2);

  /** A picture takes 7 to 13 s; a call that takes longer is no sign that calls succeed. */
  private static final Duration MAY_SUCCEED = Duration.ofSeconds(20);

  private final CircuitBreaker breaker;
  private final Duration probeAfter;
  private final Clock clock;
  private final ForbiddenPrompts forbidden = new ForbiddenPrompts();
  private final Set<Passing> underWay = new HashSet<>();
  private int generation;
  private long calls;
  private Instant stateSince = Instant.MIN;
  private volatile Instant pausedUntil = Instant.MIN;
  private volatile Instant openUntil = Instant.MIN;
  private volatile BlockReason why = new BlockReason(null, "");

  /**
   * A call under way.
   *
   * @param id tells it from others
   * @param generation of the state in which it began
   * @param begunAt by the breaker's clock
   */
  private record Passing(long id, String prompt, int generation, Instant begun, long begunAt) {}

  NebiusGate(CircuitBreaker breaker, Duration probeAfter, Clock clock) {
    this.breaker = breaker;
    this.probeAfter = probeAfter;
    this.clock = clock;
    var _ = breaker.getEventPublisher().onStateTransition(this::changed);
  }

  /**
   * Passes a call through the breaker.
   *
   * @param prompt of the call; a 403 counts against it before it counts against the provider
   * @return what came of it: {@link AttemptOutcome.TurnedAway} without a call while the breaker is
   *     open
   */
  AttemptOutcome pass(String prompt, Callable<AttemptOutcome> call) throws Exception {
    var passing = begin(prompt);
    if (passing.isEmpty()) {
      return new AttemptOutcome.TurnedAway("No call was made: the circuit breaker is open.");
    }
    try {
      return heard(passing.get(), call.call());
    } finally {
      release(passing.get());
    }
  }

  private synchronized Optional<Passing> begin(String prompt) {
    beHalfOpenWhenDue();
    if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
      if (!probeIsDue() || (forbidden.contains(prompt) && !suspectsMayProbe())) {
        return Optional.empty();
      }
      if (probeIsUnderWay()) {
        breaker.releasePermission(); // the one that hangs has lost its place
      }
    }
    if (!breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    var passing =
        new Passing(calls++, prompt, generation, clock.instant(), breaker.getCurrentTimestamp());
    underWay.add(passing);
    return Optional.of(passing);
  }

  private synchronized AttemptOutcome heard(Passing call, AttemptOutcome outcome) {
    if (outcome instanceof RateLimited limited) {
      pauseFor(limited);
      why = call.generation() == generation ? new BlockReason(null, limited.reason()) : why;
    }
    var judged = outcome instanceof Forbidden said ? judge(call, said) : outcome;
    if (call.generation() != generation || !ProviderEvidence.isIn(judged)) {
      return judged;
    }
    underWay.remove(call);
    remember(judged);
    breaker.onResult(
        breaker.getCurrentTimestamp() - call.begunAt(), breaker.getTimestampUnit(), judged);
    if (judged instanceof Misconfigured refused
        && refused.ofAll()
        && breaker.getState() == CircuitBreaker.State.CLOSED) {
      breaker.transitionToOpenState();
    }
    if (ProviderEvidence.ofAccess(judged)) {
      forbidden.accessProved(call.begun());
    }
    return judged;
  }

  /**
   * What proved nothing gives its permission back, or a probe that came to nothing were the last.
   */
  private synchronized void release(Passing call) {
    if (underWay.remove(call) && call.generation() == generation) {
      breaker.releasePermission();
    }
  }

  /** A 403 is the job's own until several different prompts have met one. */
  private AttemptOutcome judge(Passing call, Forbidden said) {
    var closed = breaker.getState() == CircuitBreaker.State.CLOSED;
    var known = !closed && why.refusal() == Refusal.ACCESS;
    if (!said.mayConcernAll() || (!known && forbidden.isAtFault(call.prompt()))) {
      return said;
    }
    forbidden.add(call.prompt(), clock.instant());
    return known || forbidden.concernAll(promptsThatMaySucceed())
        ? new Misconfigured(Refusal.ACCESS, said.reason(), true)
        : said;
  }

  private Set<String> promptsThatMaySucceed() {
    var since = clock.instant().minus(MAY_SUCCEED);
    return underWay.stream()
        .filter(call -> call.begun().isAfter(since))
        .map(Passing::prompt)
        .collect(Collectors.toSet());
  }

  /** How many calls may be begun now: none while it is closed, one where a probe is due. */
  public synchronized int callsAllowed() {
    if (clock.instant().isBefore(pausedUntil)) {
      return 0;
    }
    beHalfOpenWhenDue();
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 0;
      case HALF_OPEN -> probeIsDue() ? 1 : 0;
      case CLOSED, DISABLED, METRICS_ONLY -> Integer.MAX_VALUE;
    };
  }

  private void beHalfOpenWhenDue() {
    if (breaker.getState() == CircuitBreaker.State.OPEN && !clock.instant().isBefore(openUntil)) {
      breaker.transitionToHalfOpenState();
    }
  }

  private boolean probeIsUnderWay() {
    return underWay.stream().anyMatch(call -> call.generation() == generation);
  }

  private boolean probeIsDue() {
    var since = clock.instant().minus(shorter(probeAfter, PROBE_PATIENCE));
    return underWay.stream()
        .noneMatch(call -> call.generation() == generation && call.begun().isAfter(since));
  }

  /** Those whose prompts were refused probe only where nobody else does. */
  private boolean suspectsMayProbe() {
    return !clock.instant().isBefore(stateSince.plus(shorter(probeAfter, SUSPECTS_WAIT)));
  }

  /** When a job that was turned away here should come again. */
  public Duration turnedAwayFor() {
    return probeAfter;
  }

  /** How long until the next call may probe; empty while calls are made. */
  public synchronized Optional<Duration> untilProbe() {
    beHalfOpenWhenDue();
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> Optional.of(Duration.between(clock.instant(), openUntil));
      case HALF_OPEN -> Optional.of(shorter(probeAfter, SUSPECTS_WAIT));
      case CLOSED, DISABLED, METRICS_ONLY -> Optional.empty();
    };
  }

  /** In words, for the health page. */
  public synchronized String state() {
    if (clock.instant().isBefore(pausedUntil)) {
      return why.inWords("paused until " + pausedUntil);
    }
    beHalfOpenWhenDue();
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> why.inWords("open until " + openUntil);
      case HALF_OPEN -> why.inWords("half-open, the next call probes");
      case CLOSED, DISABLED, METRICS_ONLY -> "closed: calls are made";
    };
  }

  /** Whether no calls, or but one to probe, are made for this reason. */
  synchronized boolean isBlockedBy(Block block) {
    if (clock.instant().isBefore(pausedUntil)) {
      return block == Block.RATE_LIMITED;
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN, HALF_OPEN -> block == Block.of(why.refusal());
      case CLOSED, DISABLED, METRICS_ONLY -> false;
    };
  }

  private synchronized void changed(CircuitBreakerOnStateTransitionEvent event) {
    generation++;
    stateSince = clock.instant();
    var from = event.getStateTransition().getFromState();
    switch (event.getStateTransition().getToState()) {
      case OPEN, FORCED_OPEN -> {
        // refused prompts may still be at fault: a call with another one tells, and at once
        var doubtful = from == CircuitBreaker.State.CLOSED && why.refusal() == Refusal.ACCESS;
        openUntil = doubtful ? stateSince : stateSince.plus(probeAfter);
        log.atWarn()
            .addKeyValue("provider", "nebius")
            .addKeyValue("reason", why.inWords())
            .addKeyValue("probe_at", openUntil)
            .log("circuit breaker opened; no calls until the next probe");
      }
      case HALF_OPEN ->
          log.atInfo()
              .addKeyValue("provider", "nebius")
              .log("circuit breaker half-open; the next call probes");
      case CLOSED, DISABLED, METRICS_ONLY ->
          log.atInfo()
              .addKeyValue("provider", "nebius")
              .log("circuit breaker closed; calls are made again");
    }
  }

  private void remember(AttemptOutcome outcome) {
    var said = ProviderEvidence.ofOutage(outcome);
    if (said != null) {
      why =
          new BlockReason(
              outcome instanceof Misconfigured refused ? refused.refusal() : null, said);
    }
  }

  private void pauseFor(RateLimited limited) {
    var asked = limited.retryAfter();
    var pause = asked == null ? Duration.ofSeconds(1) : shorter(asked, LONGEST_PAUSE);
    var until = clock.instant().plus(pause);
    pausedUntil = until.isAfter(pausedUntil) ? until : pausedUntil;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
