package dev.darkroom.gateway.submit;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Cancels jobs: those that wait at once, those that run by their workers. */
@Component
public final class JobCanceller {
  private static final Logger log = LoggerFactory.getLogger(JobCanceller.class);

  private final OutcomeStore outcomeStore;
  private final EventPublisher events;
  private final PictureStore pictures;

  JobCanceller(OutcomeStore outcomeStore, EventPublisher events, PictureStore pictures) {
    this.outcomeStore = outcomeStore;
    this.events = events;
    this.pictures = pictures;
  }

  /**
   * Cancels the job if it is open. May be called again.
   *
   * @param visible to whoever cancels
   * @param reason a sentence for the log; null for none
   * @param audit written if the job is another owner's than the entry; null for none
   */
  public Cancellation cancel(
      RequestId job, Visibility visible, @Nullable String reason, @Nullable AuditEntry audit) {
    var cancellation = outcomeStore.cancelIfOpen(job, visible, reason, audit);
    if (cancellation instanceof Cancellation.Ended(var ended)) {
      log.atInfo().addKeyValue("request_id", job).log("job cancelled");
      events.publish(ended);
      deleteUnneeded(ended);
    }
    return cancellation;
  }

  /** An attempt of which nobody knew the outcome may have stored a picture. */
  private void deleteUnneeded(FinishedJob job) {
    if (job.event().attempts() == 0) {
      return;
    }
    try {
      var _ = pictures.delete(job.event().requestId());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", job.event().requestId())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("could not delete a picture that its job does not need");
    }
  }
}
