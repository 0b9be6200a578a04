package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.gateway.submit.JobView.Queue;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.queue.QueuePositions;
import dev.darkroom.ledger.queue.QueuePositions.QueuePace;
import dev.darkroom.ledger.queue.QueuePositions.QueuePosition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells those whose job waits how long that may take. */
@Component
final class ShowPlace {
  private static final long PACE_HOLDS = Duration.ofSeconds(1).toNanos();

  private final QueuePositions ledger;
  private final ProviderWatch provider;
  private volatile @Nullable Known known;

  ShowPlace(QueuePositions ledger, ProviderWatch provider) {
    this.ledger = ledger;
    this.provider = provider;
  }

  private record Known(QueuePace pace, long at) {}

  /** Empty where a worker has the job, or it has ended. */
  Optional<Queue> placeOf(Job job) {
    return job.finishedAt() == null
        ? ledger.positionIfWaiting(job.requestId()).map(this::show)
        : Optional.empty();
  }

  private Queue show(QueuePosition place) {
    var state = provider.recently();
    var holdUp = state.paused() ? state.code() : null;
    return new Queue(
        place.ahead(),
        place.dueAt(),
        state.promising() ? expected(place, pace()) : null,
        holdUp,
        holdUp == null ? null : state.nextTryAt());
  }

  /** In a sentence, what a job in this place waits for. */
  static String waitingFor(Queue queue) {
    var holdUp = queue.heldUpBy();
    if (holdUp != null) {
      return sentence(holdUp.sentence(), queue.nextTryAt());
    }
    var line =
        switch (queue.ahead()) {
          case 0 -> "next in line";
          case 1 -> "1 job ahead";
          case QueuePositions.FURTHEST -> "at least " + QueuePositions.FURTHEST + " jobs ahead";
          default -> queue.ahead() + " jobs ahead";
        };
    return sentence(line, queue.dueAt());
  }

  private static String sentence(String about, @Nullable Instant next) {
    return next == null
        ? about
        : "%s; next attempt %s".formatted(about, next.truncatedTo(ChronoUnit.SECONDS));
  }

  /** The same for all who ask within a second. */
  private QueuePace pace() {
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
  static @Nullable Instant expected(QueuePosition place, QueuePace pace) {
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
