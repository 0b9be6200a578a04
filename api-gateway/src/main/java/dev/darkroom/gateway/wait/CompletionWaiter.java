package dev.darkroom.gateway.wait;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Lets requests wait until their job has ended. Events wake them at once; the ledger is polled as
 * well, so a lost event costs time, never correctness.
 */
@Component
public final class CompletionWaiter {
  private static final Logger log = LoggerFactory.getLogger(CompletionWaiter.class);
  private static final Duration LOOK_AFTER_CLIENT_EVERY = Duration.ofSeconds(1);

  private final ConcurrentMap<RequestId, AwaitedJob> awaited = new ConcurrentHashMap<>();
  private final JobQueries ledger;
  private final EventDemand demand;
  private final Duration longestWait;
  private volatile boolean stopping;

  CompletionWaiter(
      JobQueries ledger, EventDemand demand, WaitSettings settings, MeterRegistry meters) {
    this.ledger = ledger;
    this.demand = demand;
    this.longestWait = settings.longestWait();
    Gauge.builder("darkroom.progress.waiting", awaited, ConcurrentMap::size)
        .description("Jobs that requests of this gateway wait for")
        .register(meters);
  }

  public Duration longestWait() {
    return longestWait;
  }

  /** Returns when the job has ended, the time is over, or the gateway is about to stop. */
  public void await(RequestId job, Duration timeout) {
    await(job, timeout, () -> false);
  }

  /**
   * The same; returns also when nobody waits any longer.
   *
   * @param givenUp whether that is so; asked about once a second
   */
  public void await(RequestId job, Duration timeout, BooleanSupplier givenUp) {
    var until = System.nanoTime() + timeout.toNanos();
    var ended = awaited.merge(job, AwaitedJob.byOne(), AwaitedJob::and).ended();
    demand.arise();
    try {
      if (!stopping) {
        find(job); // its event may have passed before it was awaited
        while (!ended.isDone() && until - System.nanoTime() > 0 && !givenUp.getAsBoolean()) {
          await(ended, Math.min(until - System.nanoTime(), LOOK_AFTER_CLIENT_EVERY.toNanos()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      awaited.computeIfPresent(job, (_, waits) -> waits.byOneLess());
    }
  }

  private static void await(CompletableFuture<@Nullable Void> ended, long nanos)
      throws InterruptedException {
    try {
      ended.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      log.trace("the job goes on");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a wait never completes with a failure", e);
    }
  }

  /**
   * Returns when all of these jobs have ended, the time is over, or the gateway is about to stop.
   */
  public void awaitAll(Collection<RequestId> jobs, Duration timeout) {
    var until = System.nanoTime() + timeout.toNanos();
    for (var job : jobs) {
      await(job, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
    }
  }

  /** Several requests may wait for one job; the last one to leave removes it. */
  private record AwaitedJob(CompletableFuture<@Nullable Void> ended, int requests) {
    static AwaitedJob byOne() {
      return new AwaitedJob(new CompletableFuture<>(), 1);
    }

    AwaitedJob and(AwaitedJob another) {
      return new AwaitedJob(ended, requests + another.requests);
    }

    @Nullable AwaitedJob byOneLess() {
      return requests == 1 ? null : new AwaitedJob(ended, requests - 1);
    }
  }

  boolean isAnyAwaited() {
    return !awaited.isEmpty();
  }

  /** Whether a request waits for the job that an event's key names. */
  boolean isAwaited(@Nullable String key) {
    return !awaited.isEmpty()
        && key != null
        && RequestId.parse(key).filter(awaited::containsKey).isPresent();
  }

  /** Wakes the requests that wait for the job. */
  void ended(RequestId job) {
    var waits = awaited.get(job);
    if (waits != null) {
      waits.ended().complete(null);
    }
  }

  private void find(RequestId job) {
    try {
      ledger.endedAmong(List.of(job)).forEach(this::ended);
    } catch (DataAccessException e) {
      log.atDebug().addKeyValue("request_id", job).log("ledger unavailable; the wait goes on");
    }
  }

  /**
   * Asks the ledger about every job that a request waits for. There is never more to do at once.
   */
  boolean poll() {
    var jobs = List.copyOf(awaited.keySet());
    if (!jobs.isEmpty()) {
      ledger.endedAmong(jobs).forEach(this::ended);
    }
    return false;
  }

  /** Runs before the web server stops, which would otherwise wait for the requests. */
  @EventListener(ContextClosedEvent.class)
  void shutDown() {
    stopping = true;
    awaited.values().forEach(waits -> waits.ended().complete(null));
  }
}
