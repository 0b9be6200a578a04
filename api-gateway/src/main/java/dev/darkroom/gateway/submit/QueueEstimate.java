package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.provider.HoldUp;
import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.gateway.submit.JobView.QueueView;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.queue.QueuePositions;
import dev.darkroom.ledger.queue.QueuePositions.JobWait;
import dev.darkroom.ledger.queue.QueuePositions.QueuePace;
import dev.darkroom.ledger.queue.QueuePositions.QueuePosition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Says what a job waits for, and estimates when it gets its picture. */
@Component
final class QueueEstimate {
  private static final String SILENT =
      "Its worker went silent; another one takes the job within seconds";
  private static final String CUT = "Its worker is cutting the call";

  private static final long PACE_HOLDS = Duration.ofSeconds(1).toNanos();

  private final QueuePositions ledger;
  private final ProviderWatch provider;
  private volatile @Nullable LatestPace known;

  QueueEstimate(QueuePositions ledger, ProviderWatch provider) {
    this.ledger = ledger;
    this.provider = provider;
  }

  private record LatestPace(QueuePace pace, long at) {}

  /**
   * What an open job waits for.
   *
   * @param queue null once a worker has the job
   */
  record WaitView(@Nullable QueueView queue, String waitingFor) {}

  /** Empty while a worker runs the job, and once it has ended. */
  Optional<WaitView> waitOf(Job job) {
    return job.finishedAt() == null
        ? ledger.waitIfOpen(job.requestId()).flatMap(this::show)
        : Optional.empty();
  }

  private Optional<WaitView> show(JobWait wait) {
    var place = wait.position();
    if (place != null) {
      var queue = queue(place, wait);
      return Optional.of(new WaitView(queue, waitingFor(queue, wait)));
    } else if (wait.isLapsed()) {
      return Optional.of(new WaitView(null, SILENT));
    }
    return wait.isCancelled() ? Optional.of(new WaitView(null, CUT)) : Optional.empty();
  }

  private QueueView queue(QueuePosition place, JobWait wait) {
    var state = provider.recently();
    var pause = wait.pause();
    if (pause != null) {
      return new QueueView(place.ahead(), place.dueAt(), null, HoldUp.PAUSED, null);
    }
    var holdUp = state.paused() ? state.code() : holdUpOfWorkers(wait.idle());
    return new QueueView(
        place.ahead(),
        place.dueAt(),
        state.promising() && wait.hasWorkers() ? expected(place, pace()) : null,
        holdUp,
        holdUp == null ? null : state.nextTryAt());
  }

  /**
   * What holds up all workers, where no attempt has shown it.
   *
   * @param idle what they say
   */
  private static @Nullable HoldUp holdUpOfWorkers(@Nullable String idle) {
    return switch (idle) {
      case "pictures" -> HoldUp.PICTURE_NOT_STORED;
      case "nebius" -> HoldUp.PROVIDER_UNAVAILABLE;
      case "quota" -> HoldUp.CALLS_USED_UP;
      case null, default -> null; // those that stop, or lack threads, leave the job to others
    };
  }

  /** What a job in this place waits for, in a sentence. */
  private static String waitingFor(QueueView queue, JobWait wait) {
    var pause = wait.pause();
    if (pause != null) {
      var whom =
          switch (pause.scope()) {
            case ALL -> "Paused by the operator: ";
            case USER -> "Jobs of this user are paused by the operator: ";
            case MODEL -> "Jobs for this model are paused by the operator: ";
          };
      return whom + pause.reason();
    }
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
    return sentence(wait.hasWorkers() ? line : "No worker is running; " + line, queue.dueAt());
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
