package dev.darkroom.gateway.generate;

import dev.darkroom.gateway.generate.JobView.Queue;
import dev.darkroom.ledger.Job;
import dev.darkroom.ledger.JobQueue;
import dev.darkroom.ledger.JobQueue.Pace;
import dev.darkroom.ledger.JobQueue.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells those whose job waits how long that may take. */
@Component
final class ShowPlace {
  private static final long PACE_HOLDS = Duration.ofSeconds(1).toNanos();

  private final JobQueue ledger;
  private volatile @Nullable Known known;

  ShowPlace(JobQueue ledger) {
    this.ledger = ledger;
  }

  private record Known(Pace pace, long at) {}

  /** Empty where a worker has the job, or it has ended. */
  Optional<Queue> placeOf(Job job) {
    return job.finishedAt() == null
        ? ledger.placeIfWaiting(job.requestId()).map(this::show)
        : Optional.empty();
  }

  private Queue show(Place place) {
    return new Queue(place.ahead(), place.dueAt(), expected(place, pace()));
  }

  /** The same for all who ask within a second. */
  private Pace pace() {
    var last = known;
    if (last == null || System.nanoTime() - last.at() > PACE_HOLDS) {
      last = new Known(ledger.pace(), System.nanoTime());
      known = last;
    }
    return last.pace();
  }

  /**
   * The jobs ahead go at the pace of late, or at that of the workers which are busy now, if it is
   * higher: where few jobs came, few pictures were finished, and that says nothing of how many
   * could be.
   */
  static @Nullable Instant expected(Place place, Pace pace) {
    var attempt = pace.attempt();
    if (attempt == null) {
      return null;
    }
    var seconds = Math.max(0.001, attempt.toMillis() / 1000.0);
    var perSecond = Math.max(pace.picturesPerSecond(), place.running() / seconds);
    var turn = place.at().plusMillis(Math.round(place.ahead() / perSecond * 1000));
    var due = place.dueAt();
    return (due != null && due.isAfter(turn) ? due : turn).plus(attempt);
  }
}
