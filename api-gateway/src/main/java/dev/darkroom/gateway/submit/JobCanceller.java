package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.picture.UnneededPictures;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.RequestId;
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
  private final UnneededPictures pictures;

  JobCanceller(OutcomeStore outcomeStore, EventPublisher events, UnneededPictures pictures) {
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
      pictures.deleteOf(ended);
      events.publish(ended);
    }
    return cancellation;
  }
}
