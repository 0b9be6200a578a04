package dev.darkroom.gateway.wait;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Lets clients wait until their job has ended. Events wake them at once; the ledger is asked as
 * well, so a lost event costs time, never correctness.
 */
@Component
public final class FollowProgress implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(FollowProgress.class);

  private final ConcurrentMap<RequestId, Awaited> waiting = new ConcurrentHashMap<>();
  private final JobQueries ledger;
  private final Duration longestWait;
  private volatile boolean running;

  FollowProgress(JobQueries ledger, ProgressSettings settings, MeterRegistry meters) {
    this.ledger = ledger;
    this.longestWait = settings.longestWait();
    Gauge.builder("darkroom.progress.waiting", waiting, ConcurrentMap::size)
        .description("Jobs that clients of this gateway wait for")
        .register(meters);
  }

  /** How long a client may wait. */
  public Duration longestWait() {
    return longestWait;
  }

  /**
   * Waits until the job has ended.
   *
   * @return false where it had not ended in that time, or the gateway is about to stop
   */
  public boolean await(RequestId job, Duration patience) {
    var ended = waiting.merge(job, Awaited.byOne(), Awaited::and).ended();
    try {
      if (!running) {
        return false;
      }
      askFor(job); // its event may have passed before we began to listen
      return ended.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody completes a wait with a failure", e);
    } finally {
      waiting.computeIfPresent(job, (_, awaited) -> awaited.byOneLess());
    }
  }

  /** Several clients may wait for one job; those who give up leave it to the others. */
  private record Awaited(CompletableFuture<Boolean> ended, int clients) {
    static Awaited byOne() {
      return new Awaited(new CompletableFuture<>(), 1);
    }

    Awaited and(Awaited another) {
      return new Awaited(ended, clients + another.clients);
    }

    @Nullable Awaited byOneLess() {
      return clients == 1 ? null : new Awaited(ended, clients - 1);
    }
  }

  private void askFor(RequestId job) {
    try {
      ledger.endedAmong(List.of(job)).forEach(this::ended);
    } catch (DataAccessException e) {
      log.atDebug().addKeyValue("request_id", job).log("the ledger does not answer; waiting on");
    }
  }

  /** Whether somebody waits for the job that an event's key names. */
  boolean isAwaited(@Nullable String key) {
    return !waiting.isEmpty()
        && key != null
        && RequestId.parse(key).filter(waiting::containsKey).isPresent();
  }

  /** Wakes whoever waits for the job. */
  void ended(RequestId job) {
    var awaited = waiting.get(job);
    if (awaited != null) {
      awaited.ended().complete(true);
    }
  }

  /** Asks the ledger about every job that somebody waits for. Never more to do at once. */
  boolean poll() {
    var jobs = List.copyOf(waiting.keySet());
    if (!jobs.isEmpty()) {
      ledger.endedAmong(jobs).forEach(this::ended);
    }
    return false;
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the web server, which would otherwise wait for those who wait here. */
  @Override
  public void stop() {
    running = false;
    waiting.values().forEach(awaited -> awaited.ended().complete(false));
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
