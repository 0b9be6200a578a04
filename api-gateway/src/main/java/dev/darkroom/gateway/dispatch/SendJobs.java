package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.batch.WriteInBatches;
import dev.darkroom.ledger.batch.WriteInBatches.Linger;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.JobOutbox;
import dev.darkroom.ledger.jobs.OversizedJobs;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.messaging.JobRecords;
import dev.darkroom.messaging.KafkaFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/** Sends jobs to Kafka, and marks in the ledger those that it has. */
@Component
final class SendJobs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SendJobs.class);
  private static final int WAITING_MARKS = 100_000;
  private static final int MARKS_PER_STATEMENT = 1_000;

  /** A job that a worker takes up before that needs no mark any more, so most are never written. */
  private static final Duration MARKS_LINGER = Duration.ofMillis(250);

  private final KafkaTemplate<String, byte[]> kafka;
  private final JobRecords records;
  private final KafkaFlow flow;
  private final WriteInBatches<DueJob> marks;
  private final WriteInBatches<DueJob> tooLarge;
  private final Counter published;
  private final Counter failures;

  SendJobs(
      KafkaTemplate<String, byte[]> kafka,
      JobRecords records,
      JobOutbox outbox,
      OversizedJobs oversized,
      EventPublisher events,
      KafkaFlow flow,
      MeterRegistry meters) {
    this.kafka = kafka;
    this.records = records;
    this.flow = flow;
    this.marks =
        new WriteInBatches<>(
            "mark-jobs-enqueued",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            Linger.of(MARKS_LINGER),
            outbox::markEnqueued);
    this.tooLarge =
        new WriteInBatches<>(
            "end-oversized-jobs",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            jobs -> end(jobs, oversized, events));
    this.published =
        Counter.builder("darkroom.outbox.published")
            .description("Jobs that Kafka has acknowledged")
            .register(meters);
    this.failures =
        Counter.builder("darkroom.outbox.failures")
            .description("Jobs that Kafka did not take; a sweep publishes them")
            .register(meters);
  }

  /**
   * Sends the jobs one after the other, without waiting for their acknowledgements. The rest is
   * given up at the first that Kafka does not take: it would fare no better, and each would block.
   * A job whose record is too large fails alone.
   *
   * @return what was sent; each completes with its job once that is acknowledged
   */
  List<CompletableFuture<DueJob>> send(List<DueJob> jobs) {
    var sent = new ArrayList<CompletableFuture<DueJob>>();
    for (var job : jobs) {
      var sending = trySend(job);
      sent.add(sending);
      if (sending.isCompletedExceptionally() && !KafkaFailure.isTooLarge(sending.exceptionNow())) {
        break;
      }
    }
    return sent;
  }

  /** Sends the jobs, and waits until Kafka has them or has refused one. */
  void sendAndAwait(List<DueJob> jobs) {
    CompletableFuture.allOf(send(jobs).toArray(CompletableFuture[]::new))
        .exceptionally(_ -> null) // already counted and logged; a later round sends them again
        .join();
  }

  private CompletableFuture<DueJob> trySend(DueJob job) {
    try {
      return kafka
          .send(records.write(job))
          .thenApply(_ -> acknowledged(job))
          .whenComplete((_, failure) -> {
            if (failure != null) {
              refused(job, failure);
            }
          });
    } catch (KafkaException | org.apache.kafka.common.KafkaException e) {
      refused(job, e);
      return CompletableFuture.failedFuture(e);
    }
  }

  private DueJob acknowledged(DueJob job) {
    flow.acknowledged();
    published.increment();
    marks.add(job);
    return job;
  }

  private void refused(DueJob job, Throwable reason) {
    if (KafkaFailure.isTooLarge(reason)) {
      tooLarge.add(job);
    } else {
      failures.increment();
      flow.refused(reason);
    }
  }

  private static void end(List<DueJob> jobs, OversizedJobs oversized, EventPublisher events) {
    var ended = oversized.end(jobs);
    ended.forEach(events::publish);
    if (!ended.isEmpty()) {
      log.atWarn()
          .addKeyValue("jobs", ended.size())
          .addKeyValue("request_id", ended.getFirst().event().requestId())
          .log(
              "jobs are larger than their topic takes (max.message.bytes) and have failed; raise it to at least 128 KiB");
    }
  }

  /** Waits for acknowledgements and marks, for a few seconds at most. */
  @Override
  public void close() {
    kafka.flush();
    marks.close();
    tooLarge.close();
  }
}
