package dev.darkroom.worker.outcome;

import dev.darkroom.ledger.jobs.FindJobs;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes pictures that no job points to, because they were stored too late. */
final class OrphanPictureCleaner {
  private static final Logger log = LoggerFactory.getLogger(OrphanPictureCleaner.class);

  private final FindJobs ledger;
  private final PictureStore store;

  OrphanPictureCleaner(FindJobs ledger, PictureStore store) {
    this.ledger = ledger;
    this.store = store;
  }

  /**
   * Deletes what a job does not need: all of it if the job has failed, what is not its picture if
   * it has completed. A job that is open may still be completed with it.
   *
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer
   */
  void deleteUnneeded(RequestId id) {
    ledger
        .find(id)
        .ifPresent(job -> {
          var picture = job.picture();
          if (job.status() == JobStatus.FAILED) {
            deleteAll(id);
          } else if (picture != null) {
            deleteOthers(id, picture.sha256());
          }
        });
  }

  private void deleteAll(RequestId id) {
    try {
      if (store.delete(id)) {
        log.atWarn()
            .addKeyValue("request_id", id)
            .log("the picture was stored after its job had failed; it was deleted");
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", id)
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log(
              "the picture was stored after its job had failed, and could not be deleted; it stays");
    }
  }

  /**
   * Deletes what other attempts stored in the same moment.
   *
   * @param sha256 of the picture with which the job has completed
   */
  void deleteOthers(RequestId id, String sha256) {
    try {
      store.settle(id, sha256);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", id)
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("could not delete a duplicate picture; it is deleted on the next read");
    }
  }
}
