package dev.darkroom.worker.report;

import dev.darkroom.ledger.FindJobs;
import dev.darkroom.ledger.Job;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes pictures that came too late, so that none is kept that no job points to. */
final class DiscardPicture {
  private static final Logger log = LoggerFactory.getLogger(DiscardPicture.class);

  private final FindJobs ledger;
  private final PictureStore store;

  DiscardPicture(FindJobs ledger, PictureStore store) {
    this.ledger = ledger;
    this.store = store;
  }

  /**
   * Removes the picture if its job has failed. A job that is open may still be completed with it,
   * and one that has completed was.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer
   */
  void discardIfFailed(RequestId id) {
    if (ledger.find(id).map(Job::status).filter(JobStatus.FAILED::equals).isEmpty()) {
      return;
    }
    try {
      if (store.delete(id)) {
        log.atWarn()
            .addKeyValue("request_id", id)
            .log("the picture came after its job had failed; it was removed");
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", id)
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("the picture came after its job had failed, and could not be removed; it stays");
    }
  }
}
