package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.dispatch.PublishDueJobs;
import dev.darkroom.ledger.batch.WriteTogether;
import dev.darkroom.ledger.jobs.AcceptJobs;
import dev.darkroom.ledger.jobs.Acceptance;
import dev.darkroom.ledger.jobs.NewJob;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Accepts the jobs of concurrent requests in one commit, and passes on those that there is room for
 * as soon as they are durable, even before their clients hear of it.
 */
@Component
final class AcceptTogether implements AutoCloseable {
  private final AcceptJobs ledger;
  private final PublishDueJobs outbox;
  private final WriteTogether<NewJob, Acceptance> commits;
  private final DistributionSummary sizes;

  AcceptTogether(
      AcceptJobs ledger, PublishDueJobs outbox, AcceptSettings settings, MeterRegistry meters) {
    this.ledger = ledger;
    this.outbox = outbox;
    this.sizes =
        DistributionSummary.builder("darkroom.accept.batch.size")
            .description("Requests that shared a commit")
            .register(meters);
    this.commits =
        new WriteTogether<>(
            "accept-jobs",
            new WriteTogether.Limits(
                settings.queue(), settings.batch(), settings.writers(), settings.patience()),
            this::commit);
    Gauge.builder("darkroom.accept.waiting", commits, WriteTogether::waiting)
        .description("Jobs that wait for a commit of this gateway")
        .register(meters);
  }

  /**
   * What became of the job, once it is durable.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer in time;
   *     the job may then be accepted or not
   */
  Acceptance accept(NewJob job) {
    return commits.write(job);
  }

  private List<Acceptance> commit(List<NewJob> jobs) {
    sizes.record(jobs.size());
    var acceptances = ledger.accept(jobs, outbox.room(jobs.size()));
    acceptances.forEach(acceptance -> {
      if (acceptance instanceof Acceptance.Accepted(var job, var letGo)) {
        if (letGo) {
          outbox.publish(job);
        } else {
          outbox.holdBack(job);
        }
      }
    });
    return acceptances;
  }

  /** Finishes what waits; the database is there until then, because this was given it. */
  @Override
  public void close() {
    commits.close();
  }
}
