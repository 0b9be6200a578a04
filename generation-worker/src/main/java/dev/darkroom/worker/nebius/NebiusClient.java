package dev.darkroom.worker.nebius;

import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls a provider for one job: within its timeout, through the circuit breaker, with quick retries
 * where nothing was sent.
 */
public final class NebiusClient {
  private static final Duration[] LATENCIES =
      IntStream.of(1, 2, 5, 10, 15, 20, 30, 60, 120)
          .mapToObj(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final String provider;
  private final NebiusSettings settings;
  private final ImageGenerationCall generation;
  private final ResponseClassifier responses;
  private final NebiusCircuitBreaker breaker;
  private final Retry quickRetry;
  private final MeterRegistry meters;
  private final Counter saved;

  NebiusClient(
      String provider,
      NebiusSettings settings,
      ImageGenerationCall generation,
      ResponseClassifier responses,
      NebiusCircuitBreaker breaker,
      MeterRegistry meters) {
    this.provider = provider;
    this.settings = settings;
    this.generation = generation;
    this.responses = responses;
    this.breaker = breaker;
    this.quickRetry =
        Retry.of(
            provider,
            RetryConfig.custom()
                .maxAttempts(settings.quickRetries() + 1)
                .waitDuration(settings.quickRetryDelay())
                .retryOnResult(AttemptOutcome.NotSent.class::isInstance)
                .retryOnException(_ -> false)
                .build());
    this.meters = meters;
    this.saved =
        Counter.builder("darkroom.pictures.bytes")
            .description("Bytes of pictures saved")
            .baseUnit("bytes")
            .register(meters);
  }

  /** How long a call may take. */
  public Duration timeout() {
    return settings.timeout();
  }

  /** Makes the call and stores its picture. Never throws: every failure is an outcome. */
  public AttemptOutcome call(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CancellableCall call) {
    var prompt = String.valueOf(parameters.get("prompt"));
    var untilDeadline = call.timeLeft();
    var deadlineFirst = untilDeadline.compareTo(settings.timeout()) < 0;
    var cancelling =
        ForkJoinPool.commonPool()
            .schedule(
                () -> call.cancel(deadlineFirst ? CancelReason.DEADLINE : CancelReason.TIMEOUT),
                (deadlineFirst ? untilDeadline : settings.timeout()).toMillis(),
                TimeUnit.MILLISECONDS);
    try {
      return quickRetry.executeCallable(
          () -> breaker.pass(prompt, () -> attempt(id, parameters, trace, call)));
    } catch (Exception e) {
      return responses.classify(e, call);
    } finally {
      cancelling.cancel(false);
    }
  }

  private AttemptOutcome attempt(
      RequestId id, Map<String, ?> parameters, @Nullable TraceParent trace, CancellableCall call) {
    call.admit();
    var begun = System.nanoTime();
    AttemptOutcome outcome;
    try {
      outcome = generation.run(id, parameters, trace, call);
    } catch (Exception e) {
      outcome = responses.classify(e, call);
    }
    record(outcome, Duration.ofNanos(System.nanoTime() - begun));
    return outcome;
  }

  private void record(AttemptOutcome outcome, Duration took) {
    Timer.builder("darkroom.nebius.calls")
        .description("Calls to providers")
        .tag("provider", provider)
        .tag("outcome", outcome.label())
        .serviceLevelObjectives(LATENCIES)
        .register(meters)
        .record(took);
    if (outcome instanceof AttemptOutcome.Succeeded(var picture, var _, var _)) {
      saved.increment((double) picture.bytes());
    }
  }
}
