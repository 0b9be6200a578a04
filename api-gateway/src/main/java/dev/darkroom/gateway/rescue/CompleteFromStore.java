package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.Attempt;
import dev.darkroom.ledger.Completion;
import dev.darkroom.ledger.FinishJobs;
import dev.darkroom.ledger.FinishedJob;
import dev.darkroom.ledger.PictureRecord;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Ends a job with the picture that a worker saved before it fell silent: it is paid for, and
 * nothing has to be called again.
 */
@Component
final class CompleteFromStore {
  private static final Logger log = LoggerFactory.getLogger(CompleteFromStore.class);

  private static final Duration PER_LOOK = Duration.ofSeconds(5);
  private static final Duration PER_ROUND = Duration.ofSeconds(10);

  private final PictureStore store;
  private final LookInStore look;
  private final FinishJobs ledger;

  CompleteFromStore(PictureStore store, FinishJobs ledger) {
    this.store = store;
    this.look = new LookInStore(store::find, PER_LOOK, PER_ROUND);
    this.ledger = ledger;
  }

  /** From here on the store has its time anew. */
  void beginRound() {
    look.beginRound();
  }

  /** Empty where there is no picture, or the job has ended or gone on meanwhile. */
  Optional<FinishedJob> tryComplete(Attempt attempt) {
    return find(attempt)
        .flatMap(picture -> {
          var record =
              new PictureRecord(
                  picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
          var details =
              Map.of("width", picture.width(), "height", picture.height(), "source", "store");
          var job = ledger.completeIfCurrent(new Completion(attempt, record, details));
          job.ifPresent(_ -> settle(picture));
          return job;
        });
  }

  /** Attempts that saved a picture each, in the same moment, leave one. */
  private void settle(StoredPicture picture) {
    try {
      store.settle(picture.id(), picture.sha256());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", picture.id())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("a job's second picture could not be removed; whoever asks for the first does so");
    }
  }

  private Optional<StoredPicture> find(Attempt attempt) {
    try {
      return look.find(attempt.requestId());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", attempt.requestId())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("the picture store does not answer; the job goes on as if it had no picture");
      return Optional.empty();
    }
  }
}
