package dev.darkroom.worker.nebius;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.worker.nebius.CallInProgress.Ended;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls Nebius for one job: in the time it may take, with quick retries where nothing was sent,
 * past the breaker.
 */
public final class CallNebius {
  private static final Duration[] LATENCIES =
      IntStream.of(1, 2, 5, 10, 15, 20, 30, 60, 120)
          .mapToObj(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final NebiusSettings settings;
  private final PostGeneration post;
  private final NebiusGate gate;
  private final ReadFailure failures;
  private final Retry quickRetry;
  private final ScheduledExecutorService timer;
  private final MeterRegistry meters;
  private final Counter saved;

  CallNebius(
      NebiusSettings settings,
      PostGeneration post,
      NebiusGate gate,
      Retry quickRetry,
      ScheduledExecutorService timer,
      MeterRegistry meters) {
    this.settings = settings;
    this.post = post;
    this.gate = gate;
    this.failures = new ReadFailure(settings.apiKey());
    this.quickRetry = quickRetry;
    this.timer = timer;
    this.meters = meters;
    this.saved =
        Counter.builder("darkroom.pictures.bytes")
            .description("Bytes of pictures saved")
            .baseUnit("bytes")
            .register(meters);
  }

  /** Exactly what will be sent for this request; logged before it is sent. */
  public CallParameters parameters(GenerationRequest request) {
    var model = Objects.requireNonNullElse(request.model(), settings.model());
    return CallParameters.of(request, model, settings.guidanceScaleOf(model));
  }

  /** How long a call may take. */
  public Duration timeout() {
    return settings.timeout();
  }

  /** How many calls may be begun now; see {@link NebiusGate#callsAllowed()}. */
  public int callsAllowed() {
    return gate.callsAllowed();
  }

  /**
   * Makes the call and saves the picture it brings. Never throws: every failure is an outcome.
   *
   * @param parameters what is sent
   * @param call through which the call can be ended from outside, and which knows how much time is
   *     left for it
   */
  public AttemptOutcome call(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call) {
    var prompt = String.valueOf(parameters.get("prompt"));
    var patience = patience(call);
    var ending =
        timer.schedule(
            () -> call.end(patience.reason()), patience.time().toMillis(), TimeUnit.MILLISECONDS);
    try {
      return quickRetry.executeCallable(
          () -> gate.pass(prompt, () -> attempt(id, parameters, trace, call)));
    } catch (Exception e) {
      return failures.read(e, call);
    } finally {
      ending.cancel(false);
    }
  }

  private AttemptOutcome attempt(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call) {
    call.passed();
    var begun = System.nanoTime();
    var outcome = read(id, parameters, trace, call);
    count(outcome, Duration.ofNanos(System.nanoTime() - begun));
    return outcome;
  }

  private AttemptOutcome read(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call) {
    try {
      return post.post(id, parameters, trace, call);
    } catch (Exception e) {
      return failures.read(e, call);
    }
  }

  private void count(AttemptOutcome outcome, Duration took) {
    Timer.builder("darkroom.nebius.calls")
        .description("Calls to Nebius")
        .tag("outcome", outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT))
        .serviceLevelObjectives(LATENCIES)
        .register(meters)
        .record(took);
    if (outcome instanceof AttemptOutcome.Succeeded(var picture, var _, var _)) {
      saved.increment((double) picture.bytes());
    }
  }

  private record Patience(Duration time, Ended reason) {}

  private Patience patience(CallInProgress call) {
    var untilDeadline = call.timeLeft();
    return untilDeadline.compareTo(settings.timeout()) < 0
        ? new Patience(untilDeadline, Ended.DEADLINE)
        : new Patience(settings.timeout(), Ended.TIMEOUT);
  }
}
