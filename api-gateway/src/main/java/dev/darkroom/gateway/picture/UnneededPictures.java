package dev.darkroom.gateway.picture;

import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.model.FailureCode;
import dev.darkroom.picture.PictureStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Deletes the pictures of cancelled jobs: an attempt of which nobody knew the outcome may have
 * stored one. That comes before the completion event, without which the job stays in the outbox, so
 * that another gateway does it for one that was killed.
 */
@Component
public final class UnneededPictures {
  private static final Logger log = LoggerFactory.getLogger(UnneededPictures.class);

  private final PictureStore store;

  UnneededPictures(PictureStore store) {
    this.store = store;
  }

  /** May be called again, and for any job that has ended. */
  public void deleteOf(FinishedJob job) {
    var event = job.event();
    if (event.attempts() == 0 || !FailureCode.CANCELLED.word().equals(event.errorCode())) {
      return;
    }
    try {
      var _ = store.delete(event.requestId());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", event.requestId())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("could not delete a picture that its job does not need");
    }
  }
}
