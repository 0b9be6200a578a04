package dev.darkroom.worker.nebius;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.TraceParent;
import dev.darkroom.worker.nebius.CallInProgress.Ended;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.retry.Retry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls Nebius for one job: in the time it may take, with quick retries where nothing was sent,
 * past the breaker.
 */
public final class CallNebius {
  private final NebiusSettings settings;
  private final PostGeneration post;
  private final NebiusGate gate;
  private final Retry quickRetry;
  private final ScheduledExecutorService timer;
  private final Clock clock;

  CallNebius(
      NebiusSettings settings,
      PostGeneration post,
      NebiusGate gate,
      Retry quickRetry,
      ScheduledExecutorService timer,
      Clock clock) {
    this.settings = settings;
    this.post = post;
    this.gate = gate;
    this.quickRetry = quickRetry;
    this.timer = timer;
    this.clock = clock;
  }

  /** Exactly what will be sent for this request; logged before it is sent. */
  public Map<String, Object> parameters(GenerationRequest request) {
    return CallParameters.of(request, settings.model());
  }

  /** How many calls may be under way at once just now; see {@link NebiusGate#callsAllowed()}. */
  public int callsAllowed() {
    return gate.callsAllowed();
  }

  /**
   * Makes the call and saves the picture it brings. Never throws: every failure is an outcome.
   *
   * @param parameters what is sent
   * @param call through which the call can be ended from outside
   */
  public AttemptOutcome call(
      JobMessage job, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call) {
    var patience = patience(job);
    var ending =
        timer.schedule(
            () -> call.end(patience.reason()), patience.time().toMillis(), TimeUnit.MILLISECONDS);
    try {
      return quickRetry.executeCallable(
          () -> gate.pass(() -> attempt(job, parameters, trace, call)));
    } catch (CallNotPermittedException e) {
      return new AttemptOutcome.TurnedAway("No call was made: the circuit breaker is open.");
    } catch (Exception e) {
      return ReadFailure.read(e, call);
    } finally {
      ending.cancel(false);
    }
  }

  private AttemptOutcome attempt(
      JobMessage job, Map<String, ?> parameters, @Nullable TraceParent trace, CallInProgress call) {
    try {
      return post.post(job.requestId(), parameters, trace, call);
    } catch (Exception e) {
      return ReadFailure.read(e, call);
    }
  }

  private record Patience(Duration time, Ended reason) {}

  private Patience patience(JobMessage job) {
    var untilDeadline = Duration.between(clock.instant(), job.deadlineAt());
    return untilDeadline.compareTo(settings.timeout()) < 0
        ? new Patience(untilDeadline, Ended.DEADLINE)
        : new Patience(settings.timeout(), Ended.TIMEOUT);
  }
}
