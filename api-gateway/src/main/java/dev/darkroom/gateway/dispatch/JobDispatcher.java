package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.batch.BatchingWriter;
import dev.darkroom.ledger.groups.GroupStore;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.BiFunction;
import org.springframework.stereotype.Component;

/**
 * Accepts jobs, and publishes as many of them as the window has room for as soon as they are
 * durable. The others wait in the ledger for {@link FairDispatcher}. If Kafka does not take a job,
 * {@link OutboxSweeper} publishes it.
 */
@Component
public final class JobDispatcher implements AutoCloseable {
  private static final int CAPACITY = 10_000;

  private final JobStore jobStore;
  private final GroupStore groupStore;
  private final JobPublisher publisher;
  private final ProducerHealth producerHealth;
  private final DispatchWindow window;
  private final EventPublisher events;
  private final BatchingWriter<DueJob> sends;

  JobDispatcher(
      JobStore jobStore,
      GroupStore groupStore,
      JobPublisher publisher,
      ProducerHealth producerHealth,
      DispatchWindow window,
      EventPublisher events,
      MeterRegistry meters) {
    this.jobStore = jobStore;
    this.groupStore = groupStore;
    this.publisher = publisher;
    this.producerHealth = producerHealth;
    this.window = window;
    this.events = events;
    // a batch may be the whole queue: an outage then empties it with one refusal
    this.sends = new BatchingWriter<>("send-jobs", CAPACITY, CAPACITY, this::send);
    Gauge.builder("darkroom.outbox.queue", sends, BatchingWriter::waiting)
        .description("Accepted jobs that wait to be sent to Kafka by this gateway")
        .register(meters);
  }

  /**
   * Accepts the jobs in one commit, see {@link JobStore#accept(List, int)}. While Kafka is away all
   * of them wait for their turn.
   *
   * @return the result of each, in the order of the jobs
   */
  public List<Acceptance> accept(List<NewJob> jobs) {
    return accept(jobs, jobStore::accept);
  }

  /** The same for the jobs of a group: all of them or none, see {@link GroupStore#accept}. */
  public List<Acceptance> acceptGroup(List<NewJob> group) {
    return accept(group, groupStore::accept);
  }

  private List<Acceptance> accept(
      List<NewJob> jobs, BiFunction<List<NewJob>, Integer, List<Acceptance>> store) {
    var room = producerHealth.isStalled() ? 0 : window.take(jobs.size());
    var unused = room;
    try {
      var acceptances = store.apply(jobs, room);
      for (var acceptance : acceptances) {
        if (acceptance instanceof Accepted(var job, var dispatched)) {
          if (dispatched) {
            unused--;
            publish(job);
          } else if (!producerHealth.isStalled()) {
            tellStarted(job);
          }
        }
      }
      return acceptances;
    } finally {
      window.giveBack(unused);
    }
  }

  private void publish(DueJob job) {
    if (!producerHealth.isPaused()) {
      sends.add(job);
    }
  }

  private void send(List<DueJob> batch) {
    for (var sending : publisher.send(batch)) {
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
    sends.close();
  }
}
