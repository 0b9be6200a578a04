package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.batch.BatchingWriter;
import dev.darkroom.ledger.batch.BatchingWriter.Linger;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.queue.JobOutbox;
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

/** Sends jobs to Kafka, and marks in the ledger those that Kafka has acknowledged. */
@Component
final class JobPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobPublisher.class);
  private static final int WAITING_MARKS = 100_000;
  private static final int MARKS_PER_STATEMENT = 1_000;

  /** A job that a worker claims before that needs no mark any more, so most are never written. */
  private static final Duration MARKS_LINGER = Duration.ofMillis(250);

  private final KafkaTemplate<String, byte[]> kafka;
  private final JobRecords records;
  private final ProducerHealth producerHealth;
  private final BatchingWriter<DueJob> marks;
  private final BatchingWriter<DueJob> tooLarge;
  private final Counter published;
  private final Counter failures;

  JobPublisher(
      KafkaTemplate<String, byte[]> kafka,
      JobRecords records,
      JobOutbox outbox,
      OutcomeStore outcomeStore,
      EventPublisher events,
      ProducerHealth producerHealth,
      MeterRegistry meters) {
    this.kafka = kafka;
    this.records = records;
    this.producerHealth = producerHealth;
    this.marks =
        new BatchingWriter<>(
            "mark-jobs-enqueued",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            Linger.of(MARKS_LINGER),
            outbox::markEnqueued);
    this.tooLarge =
        new BatchingWriter<>(
            "end-oversized-jobs",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            jobs -> endOversized(jobs, outcomeStore, events));
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
   * Sends the jobs one after the other, without waiting for their acknowledgements. It stops at the
   * first job that Kafka does not take: the rest would fail, too, and each send would block. A job
   * whose record is too large fails alone.
   *
   * @return the sends; each completes with its job once Kafka has acknowledged it
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

  /** Sends the jobs, and waits until Kafka has them or one has failed. */
  void sendAndAwait(List<DueJob> jobs) {
    CompletableFuture.allOf(send(jobs).toArray(CompletableFuture[]::new))
        .exceptionally(_ -> null) // counted and logged; a sweep sends them again
        .join();
  }

  private CompletableFuture<DueJob> trySend(DueJob job) {
    try {
      return kafka
          .send(records.write(job))
          .thenApply(_ -> acknowledged(job))
          .whenComplete((_, failure) -> {
            if (failure != null) {
              failed(job, failure);
            }
          });
    } catch (KafkaException | org.apache.kafka.common.KafkaException e) {
      failed(job, e);
      return CompletableFuture.failedFuture(e);
    }
  }

  private DueJob acknowledged(DueJob job) {
    producerHealth.acknowledged();
    published.increment();
    marks.add(job);
    return job;
  }

  private void failed(DueJob job, Throwable reason) {
    if (KafkaFailure.isTooLarge(reason)) {
      tooLarge.add(job);
    } else {
      failures.increment();
      producerHealth.failed(reason);
    }
  }

  private static void endOversized(
      List<DueJob> jobs, OutcomeStore outcomeStore, EventPublisher events) {
    var ended =
        outcomeStore.endOversized(jobs.stream().map(job -> job.message().requestId()).toList());
    ended.forEach(events::publish);
    if (!ended.isEmpty()) {
      log.atWarn()
          .addKeyValue("jobs", ended.size())
          .addKeyValue("request_id", ended.getFirst().event().requestId())
          .log(
              "jobs are larger than their topic takes and have failed; set its max.message.bytes to 128 KiB or more");
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
