package dev.darkroom.gateway.provider;

import dev.darkroom.gateway.provider.ProviderState.Availability;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import dev.darkroom.ledger.statistics.RecentAttempts.WorkerActivity;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Derives the provider's state from the latest attempts. A failure counts until a call succeeds
 * that began after it.
 *
 * @param latest attempts, latest first
 */
record ProviderHealth(List<Answered> latest, WorkerActivity workers) {
  /**
   * While the circuit breaker is open one attempt at a time probes, so an outage shows in a few.
   */
  private static final int OUTAGE = 3;

  private static final int TENTH = 10;

  /** Workers pause for a minute at most, and spread their jobs over a second more. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(61);

  /** Nebius refuses a limited call at once; one that runs for longer was not refused. */
  private static final Duration REFUSED_WITHIN = Duration.ofSeconds(2);

  /** Dispatching takes milliseconds; a job that has been due for longer is held up. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Duration LONG = Duration.ofSeconds(10);

  ProviderState state() {
    if (workers.paused() != null) {
      return new ProviderState(
          Availability.AWAY, HoldUp.PAUSED, workers.paused(), true, false, null);
    }
    var standing = standing();
    var newest = standing.stream().max(Comparator.comparing(Answered::begunAt)).map(HoldUp::of);
    var limited = standing.stream().filter(ProviderHealth::isLimited).toList();
    if (newest.filter(HoldUp::stopsAllJobs).isPresent()) {
      return failed(Availability.AWAY, newest.get(), standing, true);
    } else if (newest.filter(HoldUp.RATE_LIMITED::equals).isPresent()
        || limited.stream().anyMatch(a -> pausedUntil(a).isAfter(workers.now()))) {
      return limited(limited);
    } else if (newest.isPresent() && (!latest.getFirst().well() || mostFail(standing))) {
      var outage = standing.size() >= OUTAGE && mostFail(standing);
      var paused = outage || isNobodyCalling(SOON);
      return failed(
          paused ? Availability.AWAY : Availability.STRUGGLING, newest.get(), standing, paused);
    }
    return working();
  }

  private static ProviderState failed(
      Availability state, HoldUp holdUp, List<Answered> standing, boolean paused) {
    var reason =
        standing.stream()
            .filter(attempt -> HoldUp.of(attempt) == holdUp)
            .findFirst()
            .map(Answered::reason)
            .orElse(null);
    return new ProviderState(state, holdUp, reason, paused, false, null);
  }

  /** The pause ends at its time, and once a call that began later was not refused at once. */
  private ProviderState limited(List<Answered> limited) {
    var nextTry =
        limited.stream()
            .map(ProviderHealth::pausedUntil)
            .filter(workers.now()::isBefore)
            .min(Comparator.naturalOrder())
            .orElse(null);
    var last = limited.getFirst();
    var accepted =
        nextTry == null && workers.running() && isOver(pausedUntil(last), REFUSED_WITHIN);
    return new ProviderState(
        Availability.STRUGGLING, HoldUp.RATE_LIMITED, last.reason(), !accepted, accepted, nextTry);
  }

  private ProviderState working() {
    var called = workers.calledAt();
    var failures = latest.stream().filter(ProviderHealth::isFailureOfProvider).toList();
    if (isNobodyCalling(LONG) && (called == null || isOver(called, LONG))) {
      return new ProviderState(Availability.AWAY, HoldUp.NO_WORKER, null, true, false, null);
    } else if (latest.isEmpty()) {
      return ProviderState.fine(Availability.IDLE);
    } else if (failures.isEmpty() || failures.size() * TENTH < latest.size()) {
      return ProviderState.fine(Availability.WELL);
    }
    var last = failures.getFirst();
    return new ProviderState(
        Availability.STRUGGLING, HoldUp.of(last), last.reason(), false, true, null);
  }

  /** Jobs have been due for this long, and no worker has any. */
  private boolean isNobodyCalling(Duration since) {
    var waiting = workers.waiting();
    return waiting != null && !workers.running() && isOver(waiting, since);
  }

  private boolean isOver(Instant time, Duration since) {
    return time.plus(since).isBefore(workers.now());
  }

  /** Of the attempts that ended since the first failure. */
  private boolean mostFail(List<Answered> standing) {
    var first = standing.getLast().endedAt();
    var well = latest.stream().filter(a -> a.well() && a.endedAt().isAfter(first)).count();
    return standing.size() > well;
  }

  /** Failures that ended after the latest success began. */
  private List<Answered> standing() {
    var workedAt =
        latest.stream()
            .filter(Answered::well)
            .map(Answered::begunAt)
            .max(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    return latest.stream().filter(a -> !a.well() && a.endedAt().isAfter(workedAt)).toList();
  }

  private static boolean isFailureOfProvider(Answered attempt) {
    return !attempt.well() && !HoldUp.of(attempt).stopsAllJobs() && !isLimited(attempt);
  }

  private static boolean isLimited(Answered attempt) {
    return !attempt.well() && HoldUp.of(attempt) == HoldUp.RATE_LIMITED;
  }

  private static Instant pausedUntil(Answered limited) {
    var longest = limited.endedAt().plus(LONGEST_PAUSE);
    var due = Objects.requireNonNullElse(limited.dueAt(), limited.endedAt());
    return due.isBefore(longest) ? due : longest;
  }
}
