package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.gateway.submit.JobView.QueueView;
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

/** Estimates when a waiting job gets its picture. */
@Component
final class QueueEstimate {
  private static final long PACE_HOLDS = Duration.ofSeconds(1).toNanos();

  private final QueuePositions ledger;
  private final ProviderWatch provider;
  private volatile @Nullable LatestPace known;

  QueueEstimate(QueuePositions ledger, ProviderWatch provider) {
    this.ledger = ledger;
    this.provider = provider;
  }

  private record LatestPace(QueuePace pace, long at) {}

  /** Empty once a worker has the job. */
  Optional<QueueView> placeOf(Job job) {
    return job.finishedAt() == null
        ? ledger.positionIfWaiting(job.requestId()).map(this::show)
        : Optional.empty();
  }

  private QueueView show(QueuePosition place) {
    var state = provider.recently();
    var holdUp = state.paused() ? state.code() : null;
    return new QueueView(
        place.ahead(),
        place.dueAt(),
        state.promising() ? expected(place, pace()) : null,
        holdUp,
        holdUp == null ? null : state.nextTryAt());
  }

  /** What a job in this place waits for, in a sentence. */
  static String waitingFor(QueueView queue) {
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

  /** Cached for a second. */
  private QueuePace pace() {
    var last = known;
    if (last == null || System.nanoTime() - last.at() > PACE_HOLDS) {
      last = new LatestPace(ledger.pace(), System.nanoTime());
      known = last;
    }
    return last.pace();
  }

  /**
   * The jobs ahead go at the recent pace, or at that of the busy workers if it is higher: where few
   * jobs were submitted, the recent pace is not what the workers can do.
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
