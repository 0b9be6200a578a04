package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes pictures that came too late, so that none is kept that no job points to. */
final class DiscardPicture {
  private static final Logger log = LoggerFactory.getLogger(DiscardPicture.class);

  private final JobQueries ledger;
  private final PictureStore store;

  DiscardPicture(JobQueries ledger, PictureStore store) {
    this.ledger = ledger;
    this.store = store;
  }

  /**
   * Removes what a job does not need: all of it if the job has failed, what is not its picture if
   * it has completed. A job that is open may still be completed with it.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer
   */
  void discardUnneeded(RequestId id) {
    ledger
        .find(id)
        .ifPresent(job -> {
          var picture = job.picture();
          if (job.status() == JobStatus.FAILED) {
            discardAll(id);
          } else if (picture != null) {
            discardOthers(id, picture.sha256());
          }
        });
  }

  private void discardAll(RequestId id) {
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

  /**
   * Removes what other attempts saved in the same moment.
   *
   * @param sha256 of the picture with which the job has completed
   */
  void discardOthers(RequestId id, String sha256) {
    try {
      store.settle(id, sha256);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", id)
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("a job's second picture could not be removed; whoever asks for the first does so");
    }
  }
}
