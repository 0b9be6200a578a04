package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.Completion;
import dev.darkroom.ledger.jobs.FinishJobs;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Ends jobs with the pictures that a worker saved before it fell silent: they are paid for, and
 * nothing has to be called again.
 */
@Component
final class CompleteFromStore {
  private static final Logger log = LoggerFactory.getLogger(CompleteFromStore.class);

  private static final int AT_ONCE = 16;
  private static final Duration PER_ROUND = Duration.ofSeconds(5);

  private final PictureStore store;
  private final LookInStore look;
  private final FinishJobs ledger;

  CompleteFromStore(PictureStore store, FinishJobs ledger) {
    this.store = store;
    this.look = new LookInStore(store::find, AT_ONCE, PER_ROUND);
    this.ledger = ledger;
  }

  /**
   * What became of these attempts; those that are in neither list have ended or gone on meanwhile.
   *
   * @param completed the jobs that have ended with their pictures
   * @param without attempts that have no picture
   * @param unknown attempts for which the store did not answer
   */
  record Found(List<FinishedJob> completed, List<Attempt> without, List<Attempt> unknown) {}

  Found tryComplete(Collection<Attempt> attempts) {
    var answers = look.find(attempts.stream().map(Attempt::requestId).collect(Collectors.toSet()));
    var found = new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (var attempt : attempts) {
      var answer = answers.get(attempt.requestId());
      if (answer == null) {
        found.unknown().add(attempt);
      } else if (answer.isEmpty()) {
        found.without().add(attempt);
      } else {
        complete(attempt, answer.get()).ifPresent(found.completed()::add);
      }
    }
    return found;
  }

  private Optional<FinishedJob> complete(Attempt attempt, StoredPicture picture) {
    var record =
        new PictureRecord(
            picture.url(), picture.sha256(), picture.format().contentType(), picture.bytes());
    var details = Map.of("width", picture.width(), "height", picture.height(), "source", "store");
    var job = ledger.completeIfCurrent(new Completion(attempt, record, details));
    job.ifPresent(_ -> settle(picture));
    return job;
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
}
