package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.batch.WriteInBatches;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Publishes accepted jobs at once after their commit, as many as there is room for. What it does
 * not get rid of, because Kafka is away or too many come at once, the sweep publishes.
 */
@Component
public final class PublishDueJobs implements AutoCloseable {
  private static final int CAPACITY = 10_000;

  private final WriteInBatches<DueJob> waiting;
  private final SendJobs jobs;
  private final KafkaFlow flow;
  private final RoomOnKafka room;
  private final EventPublisher events;

  PublishDueJobs(
      SendJobs jobs,
      KafkaFlow flow,
      RoomOnKafka room,
      EventPublisher events,
      MeterRegistry meters) {
    this.jobs = jobs;
    this.flow = flow;
    this.room = room;
    this.events = events;
    // a batch may be the whole queue: an outage then empties it with one refusal
    this.waiting = new WriteInBatches<>("send-jobs", CAPACITY, CAPACITY, this::send);
    Gauge.builder("darkroom.outbox.queue", waiting, WriteInBatches::waiting)
        .description("Accepted jobs on their way to Kafka in this gateway")
        .register(meters);
  }

  /**
   * So many of these jobs may be published at once after they are accepted; the others are to wait
   * for their turn. While Kafka is away all of them are.
   */
  public int room(int jobs) {
    var taken = room.take(jobs);
    return flow.isStalled() ? 0 : taken;
  }

  /** Publishes the job soon. Neither blocks nor fails. */
  public void publish(DueJob job) {
    if (!flow.rests()) {
      waiting.add(job);
    }
  }

  /** Tells that the job was accepted, although it has to wait for its turn. */
  public void holdBack(DueJob job) {
    if (!flow.isStalled()) {
      tellStarted(job);
    }
  }

  private void send(List<DueJob> batch) {
    for (var sending : jobs.send(batch)) {
      var _ = sending.thenAccept(this::tellStarted);
    }
  }

  private void tellStarted(DueJob job) {
    var message = job.message();
    var started =
        GenerationEvent.progress(message.requestId(), message.userId(), JobStatus.STARTED, 0);
    events.publishProgress(started, job.trace());
  }

  @Override
  public void close() {
    waiting.close();
  }
}
