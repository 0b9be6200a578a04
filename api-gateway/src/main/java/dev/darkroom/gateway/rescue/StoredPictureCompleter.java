package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
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
 * Completes jobs with pictures that a worker stored before it went silent: they are paid for, and
 * the provider need not be called again.
 */
@Component
final class StoredPictureCompleter {
  private static final Logger log = LoggerFactory.getLogger(StoredPictureCompleter.class);

  private static final int AT_ONCE = 16;
  private static final Duration PER_ROUND = Duration.ofSeconds(5);

  private final PictureStore store;
  private final StoreLookup lookup;
  private final OutcomeStore outcomeStore;

  StoredPictureCompleter(PictureStore store, OutcomeStore outcomeStore) {
    this.store = store;
    this.lookup = new StoreLookup(store::find, AT_ONCE, PER_ROUND);
    this.outcomeStore = outcomeStore;
  }

  /**
   * What became of these attempts; the job of an attempt in none of the lists has ended or has
   * another attempt.
   *
   * @param completed the jobs that have ended with their pictures
   * @param without attempts that have no picture
   * @param unknown attempts for which the store did not answer
   */
  record CompletedJobs(List<FinishedJob> completed, List<Attempt> without, List<Attempt> unknown) {}

  CompletedJobs tryComplete(Collection<Attempt> attempts) {
    var answers =
        lookup.find(attempts.stream().map(Attempt::requestId).collect(Collectors.toSet()));
    var found = new CompletedJobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
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
    var job = outcomeStore.completeIfCurrent(attempt, record, details);
    job.ifPresent(_ -> deleteOthers(picture));
    return job;
  }

  /** Two concurrent attempts may both have stored a picture; one stays. */
  private void deleteOthers(StoredPicture picture) {
    try {
      store.settle(picture.id(), picture.sha256());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("request_id", picture.id())
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log("could not delete a duplicate picture; it is deleted on the next read");
    }
  }
}
