package dev.darkroom.worker.nebius;

import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.worker.nebius.AttemptOutcome.Forbidden;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.event.CircuitBreakerOnStateTransitionEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether calls may be made now. It opens during an outage, and at once when our key,
 * account or model is refused; besides, calls pause for as long as a 429 asks.
 *
 * <p>Resilience4j counts results and keeps the state. This class decides which results count: only
 * those of calls that began in the present state, so that a call that hangs since before an outage
 * neither takes the probe's place nor counts as its result.
 */
final class NebiusCircuitBreaker {
  /** Values of the metric's tag {@code reason} besides those of {@link ProviderRefusal}. */
  static final String OUTAGE = "outage";

  static final String RATE_LIMITED = "rate_limited";

  private static final Logger log = LoggerFactory.getLogger(NebiusCircuitBreaker.class);

  /** After that another probe is made. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

  /** By then another job is here to probe, if there is one. */
  private static final Duration SUSPECTS_WAIT = Duration.ofSeconds(2);

  /** A picture takes 7 to 13 s; a call that takes longer is no sign that calls succeed. */
  private static final Duration MAY_SUCCEED = Duration.ofSeconds(20);

  private final CircuitBreaker breaker;
  private final Duration probeAfter;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final ForbiddenPrompts forbidden = new ForbiddenPrompts();
  private final Set<CallUnderWay> underWay = new HashSet<>();
  private int generation;
  private long calls;
  private Instant stateSince = Instant.MIN;
  private Instant pausedUntil = Instant.MIN;
  private Instant openUntil = Instant.MIN;
  private @Nullable ProviderRefusal refusal;
  private String reason = "";

  /**
   * @param id tells it from others
   * @param generation of the state in which it began
   * @param begunAt by the breaker's clock
   */
  private record CallUnderWay(
      long id, String prompt, int generation, Instant begun, long begunAt) {}

  /**
   * @param clock only says until when; a correction of it makes no pause longer
   * @param nanoTime as {@link System#nanoTime()} counts
   */
  NebiusCircuitBreaker(
      CircuitBreaker breaker, Duration probeAfter, Clock clock, LongSupplier nanoTime) {
    this.breaker = breaker;
    this.probeAfter = probeAfter;
    this.clock = clock;
    this.nanoTime = nanoTime;
    var _ = breaker.getEventPublisher().onStateTransition(this::changed);
  }

  /**
   * Makes a call if the breaker permits it.
   *
   * @param prompt of the call; a 403 counts against it before it counts against the provider
   * @return {@link AttemptOutcome.CircuitOpen} if it does not
   */
  AttemptOutcome pass(String prompt, Callable<AttemptOutcome> call) throws Exception {
    var begun = begin(prompt);
    if (begun.isEmpty()) {
      return new AttemptOutcome.CircuitOpen("No call was made: the circuit breaker is open.");
    }
    try {
      return record(begun.get(), call.call());
    } finally {
      release(begun.get());
    }
  }

  private synchronized Optional<CallUnderWay> begin(String prompt) {
    halfOpenWhenDue();
    if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
      if (!isProbeDue() || (forbidden.contains(prompt) && !maySuspectsProbe())) {
        return Optional.empty();
      }
      if (underWay.stream().anyMatch(this::isOfPresentState)) {
        breaker.releasePermission(); // the probe that hangs has lost its place
      }
    }
    if (!breaker.tryAcquirePermission()) {
      return Optional.empty();
    }
    var call = new CallUnderWay(calls++, prompt, generation, now(), breaker.getCurrentTimestamp());
    underWay.add(call);
    return Optional.of(call);
  }

  private synchronized AttemptOutcome record(CallUnderWay call, AttemptOutcome outcome) {
    if (outcome instanceof RateLimited limited) {
      pauseFor(limited.retryAfter());
      if (isOfPresentState(call)) {
        because(null, limited.reason());
      }
    }
    var judged = outcome instanceof Forbidden answer ? judge(call, answer) : outcome;
    var signal = ProviderSignal.of(judged);
    if (!isOfPresentState(call) || signal == ProviderSignal.NONE) {
      return judged;
    }
    underWay.remove(call);
    if (signal == ProviderSignal.FAILURE) {
      because(judged instanceof Misconfigured refused ? refused.refusal() : null, judged.reason());
    }
    breaker.onResult(
        breaker.getCurrentTimestamp() - call.begunAt(), breaker.getTimestampUnit(), judged);
    if (judged instanceof Misconfigured refused
        && refused.affectsAllJobs()
        && breaker.getState() == CircuitBreaker.State.CLOSED) {
      breaker.transitionToOpenState();
    }
    if (judged instanceof AttemptOutcome.Succeeded || judged instanceof AttemptOutcome.Rejected) {
      forbidden.accessProved(call.begun());
    }
    return judged;
  }

  /** What an outcome says about the provider. */
  enum ProviderSignal {
    /** The call was not made, ended by us, or stopped by a firewall. */
    NONE,
    SUCCESS,
    FAILURE;

    static ProviderSignal of(AttemptOutcome outcome) {
      return switch (outcome) {
        case AttemptOutcome.CancelledBeforeSend _,
            AttemptOutcome.CancelledInFlight _,
            AttemptOutcome.NotStored _,
            AttemptOutcome.CircuitOpen _,
            Forbidden _,
            AttemptOutcome.AlreadyStored _ ->
            NONE;
        case AttemptOutcome.Succeeded _,
            AttemptOutcome.Rejected _,
            AttemptOutcome.Asynchronous _,
            RateLimited _ ->
            SUCCESS;
        case Misconfigured refused -> refused.affectsAllJobs() ? FAILURE : SUCCESS;
        case AttemptOutcome.Failed _,
            AttemptOutcome.Unavailable _,
            AttemptOutcome.NotSent _,
            AttemptOutcome.OutcomeUnknown _ ->
            FAILURE;
      };
    }
  }

  private boolean isOfPresentState(CallUnderWay call) {
    return call.generation() == generation;
  }

  /** A call that proved nothing gives its permission back, or no other probe could follow it. */
  private synchronized void release(CallUnderWay call) {
    if (underWay.remove(call) && isOfPresentState(call)) {
      breaker.releasePermission();
    }
  }

  /** A 403 concerns its job alone until several different prompts have met one. */
  private AttemptOutcome judge(CallUnderWay call, Forbidden answer) {
    var closed = breaker.getState() == CircuitBreaker.State.CLOSED;
    var known = !closed && refusal == ProviderRefusal.ACCESS;
    if (!answer.mayAffectAllJobs() || (!known && forbidden.isAtFault(call.prompt()))) {
      return answer;
    }
    forbidden.add(call.prompt(), now());
    return known || forbidden.concernAll(promptsThatMaySucceed())
        ? new Misconfigured(ProviderRefusal.ACCESS, answer.reason(), true)
        : answer;
  }

  private Set<String> promptsThatMaySucceed() {
    var since = now().minus(MAY_SUCCEED);
    return underWay.stream()
        .filter(call -> call.begun().isAfter(since))
        .map(CallUnderWay::prompt)
        .collect(Collectors.toSet());
  }

  /** How many calls may begin now: none while it is open, one if a probe is due. */
  public synchronized int callsAllowed() {
    if (isPaused()) {
      return 0;
    }
    halfOpenWhenDue();
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 0;
      case HALF_OPEN -> isProbeDue() ? 1 : 0;
      case CLOSED, DISABLED, METRICS_ONLY -> Integer.MAX_VALUE;
    };
  }

  private boolean isPaused() {
    return now().isBefore(pausedUntil);
  }

  private void halfOpenWhenDue() {
    if (breaker.getState() == CircuitBreaker.State.OPEN && !now().isBefore(openUntil)) {
      breaker.transitionToHalfOpenState();
    }
  }

  private boolean isProbeDue() {
    var since = now().minus(shorter(probeAfter, PROBE_TIMEOUT));
    return underWay.stream()
        .noneMatch(call -> isOfPresentState(call) && call.begun().isAfter(since));
  }

  /** Jobs whose prompts were refused probe only if no other job does. */
  private boolean maySuspectsProbe() {
    return !now().isBefore(stateSince.plus(shorter(probeAfter, SUSPECTS_WAIT)));
  }

  /** How long a job waits for which the circuit was open. */
  public Duration probeAfter() {
    return probeAfter;
  }

  /** How long until the next call may probe; empty while calls are made. */
  public synchronized Optional<Duration> untilProbe() {
    halfOpenWhenDue();
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> Optional.of(Duration.between(now(), openUntil));
      case HALF_OPEN -> Optional.of(shorter(probeAfter, SUSPECTS_WAIT));
      case CLOSED, DISABLED, METRICS_ONLY -> Optional.empty();
    };
  }

  /** In words, for the health page. */
  public synchronized String state() {
    if (isPaused()) {
      return breaker.getName() + ": " + describe("paused until " + timeOfDay(pausedUntil));
    }
    halfOpenWhenDue();
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> "nebius: " + describe("open until " + timeOfDay(openUntil));
      case HALF_OPEN -> "nebius: " + describe("half-open, the next call probes");
      case CLOSED, DISABLED, METRICS_ONLY -> "closed: calls are made";
    };
  }

  private String describe(String state) {
    return (refusal == null ? "" : describe(refusal) + "; ")
        + state
        + (reason.isEmpty() ? "" : ": " + reason);
  }

  private static String describe(ProviderRefusal refusal) {
    return switch (refusal) {
      case KEY -> "401, the key was refused";
      case BALANCE -> "402, the account can't pay";
      case ACCESS -> "403, access was refused";
      case MODEL -> "404, the model or the endpoint does not exist";
    };
  }

  /** Why calls are stopped, as the metric's tag says; empty while they are made. */
  synchronized Optional<String> blockedBy() {
    if (isPaused()) {
      return Optional.of(RATE_LIMITED);
    }
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN, HALF_OPEN -> Optional.of(refusal == null ? OUTAGE : tag(refusal));
      case CLOSED, DISABLED, METRICS_ONLY -> Optional.empty();
    };
  }

  static String tag(ProviderRefusal refusal) {
    return refusal.name().toLowerCase(Locale.ROOT);
  }

  private synchronized void changed(CircuitBreakerOnStateTransitionEvent event) {
    generation++;
    stateSince = now();
    var from = event.getStateTransition().getFromState();
    switch (event.getStateTransition().getToState()) {
      case OPEN, FORCED_OPEN -> {
        // the refused prompts may be at fault after all: a call with another one tells, at once
        var doubtful = from == CircuitBreaker.State.CLOSED && refusal == ProviderRefusal.ACCESS;
        openUntil = doubtful ? stateSince : stateSince.plus(probeAfter);
        log.atWarn()
            .addKeyValue("provider", breaker.getName())
            .addKeyValue("reason", (refusal == null ? "" : describe(refusal) + ": ") + reason)
            .addKeyValue("probe_at", timeOfDay(openUntil))
            .log("circuit breaker opened; no calls until the next probe");
      }
      case HALF_OPEN ->
          log.atInfo()
              .addKeyValue("provider", breaker.getName())
              .log("circuit breaker half-open; the next call probes");
      case CLOSED, DISABLED, METRICS_ONLY ->
          log.atInfo()
              .addKeyValue("provider", breaker.getName())
              .log("circuit breaker closed; calls are made again");
    }
  }

  private void because(@Nullable ProviderRefusal refusal, String reason) {
    this.refusal = refusal;
    this.reason = reason;
  }

  /** Of two pauses, the longer one wins. */
  private void pauseFor(@Nullable Duration retryAfter) {
    var until = now().plus(retryAfter == null ? Duration.ofSeconds(1) : retryAfter);
    pausedUntil = until.isAfter(pausedUntil) ? until : pausedUntil;
  }

  /** On a scale of its own. */
  private Instant now() {
    return Instant.EPOCH.plusNanos(nanoTime.getAsLong());
  }

  private Instant timeOfDay(Instant moment) {
    return clock.instant().plus(Duration.between(now(), moment));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
