package dev.darkroom.messaging;

import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toList;

import dev.darkroom.ledger.batch.BatchingWriter;
import dev.darkroom.ledger.batch.BatchingWriter.Linger;
import dev.darkroom.ledger.groups.FinishedGroup;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import dev.darkroom.messaging.MessagingSettings.EventSettings;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Sends events to Kafka. A completion event is marked in the ledger once Kafka has acknowledged it,
 * so that a sweep finds those that were missed; earlier events of a job are sent once and not kept.
 */
public final class EventPublisher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventPublisher.class);
  private static final Duration UNTIL_NEXT_TRY = Duration.ofHours(1);
  private static final int WAITING_MARKS = 100_000;
  private static final int MARKS_PER_STATEMENT = 1_000;

  /** Long enough that marks don't compete with statements that a client waits for. */
  private static final Duration MARKS_LINGER = Duration.ofMillis(250);

  /**
   * Between two batches. Where jobs end one by one, a hundred a second, a request to Kafka for each
   * would keep this process, the broker and all who follow the events busy.
   */
  private static final Duration REST = Duration.ofMillis(20);

  private final KafkaTemplate<String, byte[]> kafka;
  private final EventRecords records;
  private final KafkaHealth health;
  private final EventOutbox outbox;
  private final BatchingWriter<OutboxMark> marks;
  private final BatchingWriter<OutgoingEvent> sends;
  private final Clock clock;
  private final boolean progress;

  EventPublisher(
      KafkaTemplate<String, byte[]> kafka,
      EventRecords records,
      EventOutbox outbox,
      EventSettings settings,
      Clock clock,
      KafkaHealth health) {
    this.kafka = kafka;
    this.progress = settings.progress();
    this.records = records;
    this.clock = clock;
    this.health = health;
    this.outbox = outbox;
    this.marks =
        new BatchingWriter<>(
            "mark-events-published",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            Linger.of(MARKS_LINGER),
            this::write);
    this.sends =
        new BatchingWriter<>(
            "send-events",
            WAITING_MARKS,
            MARKS_PER_STATEMENT,
            new Linger(Duration.ZERO, REST),
            this::send);
  }

  /** An event on its way to Kafka; {@code completion} where it must arrive. */
  private record OutgoingEvent(
      GenerationEvent event, Instant time, @Nullable TraceParent trace, boolean completion) {}

  /** What became of a job's completion event: published, or too large for its topic. */
  private record OutboxMark(RequestId job, boolean tooLarge) {}

  /** Sends the completion event soon and marks it when it has arrived; else a sweep does it. */
  public void publish(FinishedJob job) {
    sends.add(new OutgoingEvent(job.event(), job.finishedAt(), job.trace(), true));
  }

  /** Events on their way to Kafka in this process. */
  public int waiting() {
    return sends.waiting();
  }

  /** Sends an event of a job that goes on, if that is wanted; not repeated where this fails. */
  public void publishProgress(GenerationEvent event, @Nullable TraceParent trace) {
    if (progress) {
      sends.add(new OutgoingEvent(event, clock.instant(), trace, false));
    }
  }

  /**
   * Sends the completion events of groups, and waits for Kafka. Where it does not take one, the
   * rest is not tried.
   *
   * @return the groups whose events Kafka has
   */
  public List<RequestId> publishAndAwait(List<FinishedGroup> groups) {
    var sent = new LinkedHashMap<RequestId, CompletableFuture<?>>();
    for (var group : groups) {
      var sending = trySend(records.write(group));
      sent.put(group.event().groupId(), sending);
      if (sending.isCompletedExceptionally()) {
        break;
      }
    }
    return sent.entrySet().stream()
        .filter(sending -> isAcknowledged(sending.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean isAcknowledged(CompletableFuture<?> sending) {
    try {
      sending.join();
      health.end(KafkaConcern.EVENTS);
      return true;
    } catch (CompletionException e) {
      health.report(KafkaConcern.EVENTS, KafkaFailure.inWords(e, "WRITE"));
      return false;
    }
  }

  /**
   * While Kafka is away each send blocks for {@code max.block.ms} before it fails. A queue of such
   * waits would outlast the outage, so the first failure ends the batch. An event that is too large
   * fails alone.
   */
  private void send(List<OutgoingEvent> batch) {
    for (var sending : batch) {
      var sent =
          trySend(records.write(sending.event(), sending.time(), sending.trace()))
              .whenComplete((_, failure) -> sentOrNot(sending, failure));
      if (sent.isCompletedExceptionally() && !KafkaFailure.isTooLarge(sent.exceptionNow())) {
        return; // a sweep sends the completions among them
      }
    }
  }

  private CompletableFuture<?> trySend(ProducerRecord<String, byte[]> event) {
    try {
      return kafka.send(event);
    } catch (KafkaException | org.apache.kafka.common.KafkaException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void sentOrNot(OutgoingEvent sent, @Nullable Throwable failure) {
    if (failure == null) {
      health.end(KafkaConcern.EVENTS);
      if (sent.completion()) {
        marks.add(new OutboxMark(sent.event().requestId(), false));
      }
    } else if (!KafkaFailure.isTooLarge(failure)) {
      health.report(KafkaConcern.EVENTS, KafkaFailure.inWords(failure, "WRITE"));
    } else if (sent.completion()) {
      marks.add(new OutboxMark(sent.event().requestId(), true));
    }
  }

  private void write(List<OutboxMark> batch) {
    var byFate =
        batch.stream()
            .collect(partitioningBy(OutboxMark::tooLarge, mapping(OutboxMark::job, toList())));
    putOff(byFate.getOrDefault(true, List.of()));
    outbox.markPublished(byFate.getOrDefault(false, List.of()));
  }

  /** Its topic may take larger records one day; until then it keeps no other event waiting. */
  private void putOff(List<RequestId> jobs) {
    if (jobs.isEmpty()) {
      return;
    }
    outbox.putOff(jobs, UNTIL_NEXT_TRY);
    log.atWarn()
        .addKeyValue("events", jobs.size())
        .addKeyValue("request_id", jobs.getFirst())
        .log(
            "completion events are larger than their topic allows (max.message.bytes); they are sent again in an hour, and the ledger has the outcome");
  }

  /** Sends and marks what waits, for a few seconds at most. */
  @Override
  public void close() {
    sends.close();
    kafka.flush();
    marks.close();
  }
}
