package dev.darkroom.messaging;

import dev.darkroom.ledger.batch.BatchingWriter;
import dev.darkroom.ledger.batch.BatchingWriter.Linger;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.messaging.KafkaTroubles.Concern;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends events to Kafka. A completion event is marked in the ledger once Kafka has acknowledged it,
 * so that a sweep finds those that were missed; the events before it are told once and not kept.
 */
public final class PublishEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PublishEvents.class);
  private static final Duration UNTIL_NEXT_TRY = Duration.ofHours(1);
  private static final int WAITING_MARKS = 100_000;
  private static final int MARKS_PER_STATEMENT = 1_000;

  /** Long enough that marks don't compete with what somebody waits for. */
  private static final Duration MARKS_LINGER = Duration.ofMillis(250);

  /**
   * Nobody waits for those; a completion takes along those before it, so that they stay in order.
   */
  private static final Duration PROGRESS_LINGERS = Duration.ofMillis(50);

  /**
   * Between two batches. Where jobs end one by one, a hundred a second, a request to Kafka for each
   * would keep this process, the broker and all who follow the events busy.
   */
  private static final Duration REST = Duration.ofMillis(20);

  private final KafkaTemplate<String, byte[]> kafka;
  private final EventRecords records;
  private final KafkaTroubles troubles;
  private final BatchingWriter<RequestId> marks;
  private final BatchingWriter<RequestId> tooLarge;
  private final BatchingWriter<Sending> sends;
  private final Clock clock;

  PublishEvents(
      KafkaTemplate<String, byte[]> kafka,
      EventRecords records,
      EventOutbox outbox,
      Clock clock,
      KafkaTroubles troubles) {
    this.kafka = kafka;
    this.records = records;
    this.clock = clock;
    this.troubles = troubles;
    this.tooLarge =
        new BatchingWriter<>(
            "put-off-events",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            Linger.of(MARKS_LINGER),
            jobs -> putOff(outbox, jobs));
    this.marks =
        new BatchingWriter<>(
            "mark-events-published",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            Linger.of(MARKS_LINGER),
            outbox::markPublished);
    this.sends =
        new BatchingWriter<>(
            "send-events",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            new Linger<>(PROGRESS_LINGERS, Sending::completion, REST),
            this::send);
  }

  /** An event on its way; {@code completion} where it must arrive. */
  private record Sending(
      GenerationEvent event, Instant time, @Nullable TraceParent trace, boolean completion) {}

  /**
   * Sends the completion event soon and marks it when it has arrived; a sweep does it where this
   * fails.
   */
  public void publish(FinishedJob job) {
    sends.add(new Sending(job.event(), job.finishedAt(), job.trace(), true));
  }

  /** Events on their way to Kafka in this process. */
  public int waiting() {
    return sends.waiting();
  }

  /** Tells that a job was accepted or taken up; not repeated where this fails. */
  public void tell(GenerationEvent event, @Nullable TraceParent trace) {
    sends.add(new Sending(event, clock.instant(), trace, false));
  }

  /**
   * While Kafka is away each send blocks for {@code max.block.ms} before it fails. The rest of the
   * batch would fare no better, and a queue of such waits would outlast the outage: it is given up
   * at the first. An event that is too large fails alone.
   */
  private void send(List<Sending> batch) {
    for (var sending : batch) {
      var sent = trySend(sending).whenComplete((_, failure) -> sentOrNot(sending, failure));
      if (sent.isCompletedExceptionally() && !KafkaFailure.isTooLarge(sent.exceptionNow())) {
        return; // a sweep sends the completions among them
      }
    }
  }

  private CompletableFuture<?> trySend(Sending sending) {
    try {
      return kafka.send(records.write(sending.event(), sending.time(), sending.trace()));
    } catch (KafkaException | org.apache.kafka.common.KafkaException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void sentOrNot(Sending sent, @Nullable Throwable failure) {
    if (failure == null) {
      troubles.end(Concern.EVENTS);
      if (sent.completion()) {
        marks.add(sent.event().requestId());
      }
    } else if (!KafkaFailure.isTooLarge(failure)) {
      troubles.report(Concern.EVENTS, KafkaFailure.inWords(failure, "WRITE"));
    } else if (sent.completion()) {
      tooLarge.add(sent.event().requestId());
    }
  }

  /** Its topic may take larger records one day; until then it keeps no other event waiting. */
  private static void putOff(EventOutbox outbox, List<RequestId> jobs) {
    outbox.putOff(jobs, UNTIL_NEXT_TRY);
    log.atWarn()
        .addKeyValue("events", jobs.size())
        .addKeyValue("request_id", jobs.getFirst())
        .log(
            "completion events are larger than their topic takes (max.message.bytes); they are tried again in an hour, and the ledger has the outcome");
  }

  /** Sends and marks what waits, for a few seconds at most. */
  @Override
  public void close() {
    sends.close();
    kafka.flush();
    marks.close();
    tooLarge.close();
  }
}
