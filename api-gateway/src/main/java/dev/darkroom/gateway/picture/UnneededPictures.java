package dev.darkroom.gateway.picture;

import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Deletes the pictures of cancelled jobs: an attempt of which nobody knew the outcome may have
 * stored one. Nobody waits for it, since a store may hang. While the store works a picture is gone
 * before its job leaves the outbox, so that another gateway does it for one that was killed. One
 * that stays after all is offered to nobody, and goes when its retention ends.
 */
@Component
public final class UnneededPictures implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UnneededPictures.class);
  private static final int AT_ONCE = 2;
  private static final int MOST_WAITING = 1_000;
  private static final int CLOSE_TIMEOUT_SECONDS = 2;

  private final PictureStore store;
  private final ThreadPoolExecutor threads;
  private final Counter failures;
  private final AtomicBoolean failing = new AtomicBoolean();

  UnneededPictures(PictureStore store, MeterRegistry meters) {
    this.store = store;
    this.threads =
        new ThreadPoolExecutor(
            AT_ONCE,
            AT_ONCE,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("delete-unneeded-pictures-", 1).factory());
    this.threads.allowCoreThreadTimeOut(true);
    this.failures =
        Counter.builder("darkroom.picture.deletions.failed")
            .description("Cancelled jobs whose picture, if any, was left to retention")
            .register(meters);
    Gauge.builder("darkroom.picture.deletions.waiting", threads.getQueue(), queue -> queue.size())
        .description("Cancelled jobs whose picture, if any, is to be deleted")
        .register(meters);
  }

  /** Soon; never waits. May be called again, and for any job that has ended. */
  public void deleteOf(FinishedJob job) {
    var event = job.event();
    if (event.attempts() == 0 || !FailureCode.CANCELLED.word().equals(event.errorCode())) {
      return;
    }
    try {
      threads.execute(() -> delete(event.requestId()));
    } catch (RejectedExecutionException e) {
      failed(event.requestId(), "too many deletions wait, or this gateway stops");
    }
  }

  private void delete(RequestId id) {
    try {
      var _ = store.delete(id);
      failing.set(false);
    } catch (IOException | RuntimeException e) {
      failed(id, String.valueOf(e.getMessage()));
    }
  }

  /** Logs the first failure in a row. */
  private void failed(RequestId id, String reason) {
    failures.increment();
    (failing.getAndSet(true) ? log.atDebug() : log.atWarn())
        .addKeyValue("request_id", id)
        .addKeyValue("reason", reason)
        .log("could not delete the picture of a cancelled job; it stays until its retention ends");
  }

  /** Deletes what waits, for two seconds at most. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        log.atWarn()
            .addKeyValue("jobs", threads.getQueue().size() + threads.getActiveCount())
            .log("shutdown timed out; pictures of cancelled jobs stay until their retention ends");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
