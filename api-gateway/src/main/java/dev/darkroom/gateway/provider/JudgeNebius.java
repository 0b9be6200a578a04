package dev.darkroom.gateway.provider;

import dev.darkroom.gateway.provider.ProviderState.State;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import dev.darkroom.ledger.statistics.RecentAttempts.WorkerActivity;
import dev.darkroom.model.ProviderRefusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says how the way to a picture is from what the latest attempts came to. What was heard last holds
 * until something else is heard: a key that was refused is refused, and a provider that is away is
 * away, until a call succeeds that began later.
 */
final class JudgeNebius {
  /** An outage shows in a few attempts: while the breaker is open, one of them probes at a time. */
  private static final int AWAY = 3;

  private static final int TENTH = 10;

  /** No worker pauses for longer, whatever was asked of it; its jobs spread over a second more. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(61);

  /** A limited call is refused at once: one that has been under way for so long is let through. */
  private static final Duration TRIED_FOR = Duration.ofSeconds(2);

  /** Dispatching takes milliseconds: a job that has been due for longer is kept from a worker. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Duration LONG = Duration.ofSeconds(10);

  private final List<Answered> latest;
  private final WorkerActivity workers;

  private JudgeNebius(List<Answered> latest, WorkerActivity workers) {
    this.latest = latest;
    this.workers = workers;
  }

  /**
   * @param latest attempts, latest first
   */
  static ProviderState by(List<Answered> latest, WorkerActivity workers) {
    return new JudgeNebius(latest, workers).judge();
  }

  private ProviderState judge() {
    var standing = standing();
    var newest =
        standing.stream().max(Comparator.comparing(Answered::begunAt)).map(JudgeNebius::holdUp);
    var limited = standing.stream().filter(JudgeNebius::isLimited).toList();
    if (newest.filter(JudgeNebius::isOfAll).isPresent()) {
      return refused(newest.get(), standing);
    } else if (newest.filter(HoldUp.RATE_LIMITED::equals).isPresent()
        || limited.stream().map(JudgeNebius::pausedUntil).anyMatch(workers.now()::isBefore)) {
      return limited(limited);
    } else if (newest.isPresent() && (!latest.getFirst().well() || mostFail(standing))) {
      return failing(newest.get(), standing);
    }
    return answered();
  }

  /** Its cause is ours, and hits every job alike. */
  private static ProviderState refused(HoldUp holdUp, List<Answered> standing) {
    return new ProviderState(State.AWAY, holdUp, wordsFor(holdUp, standing), true, false, null);
  }

  /** The pause is over when it says so, and a call that began after it was not refused at once. */
  private ProviderState limited(List<Answered> limited) {
    var nextTry =
        limited.stream()
            .map(JudgeNebius::pausedUntil)
            .filter(until -> until.isAfter(workers.now()))
            .min(Comparator.naturalOrder())
            .orElse(null);
    var last = limited.getFirst();
    var letThrough =
        nextTry == null
            && workers.running()
            && pausedUntil(last).plus(TRIED_FOR).isBefore(workers.now());
    return new ProviderState(
        State.STRUGGLING, HoldUp.RATE_LIMITED, last.reason(), !letThrough, letThrough, nextTry);
  }

  /** The latest attempts failed, and so far nothing says that the next will not. */
  private ProviderState failing(HoldUp holdUp, List<Answered> standing) {
    var paused = (standing.size() >= AWAY && mostFail(standing)) || isNobodyCalling(SOON);
    return new ProviderState(
        paused ? State.AWAY : State.STRUGGLING,
        holdUp,
        wordsFor(holdUp, standing),
        paused,
        false,
        null);
  }

  private ProviderState answered() {
    var called = workers.calledAt();
    var failed = latest.stream().filter(JudgeNebius::isFailure).toList();
    if (isNobodyCalling(LONG) && (called == null || isOver(called, LONG))) {
      return new ProviderState(State.AWAY, HoldUp.NO_WORKER, null, true, false, null);
    } else if (latest.isEmpty()) {
      return ProviderState.fine(State.IDLE);
    } else if (failed.isEmpty() || failed.size() * TENTH < latest.size()) {
      return ProviderState.fine(State.WELL);
    }
    var last = failed.getFirst();
    return new ProviderState(State.STRUGGLING, holdUp(last), last.reason(), false, true, null);
  }

  /** Jobs have been due for so long, and no worker has any. */
  private boolean isNobodyCalling(Duration since) {
    var waiting = workers.waiting();
    return waiting != null && !workers.running() && isOver(waiting, since);
  }

  private boolean isOver(Instant time, Duration since) {
    return time.plus(since).isBefore(workers.now());
  }

  /** Of what ended since the first of them. */
  private boolean mostFail(List<Answered> standing) {
    var first = standing.getLast().endedAt();
    var well = latest.stream().filter(a -> a.well() && a.endedAt().isAfter(first)).count();
    return standing.size() > well;
  }

  private static @Nullable String wordsFor(HoldUp holdUp, List<Answered> attempts) {
    return attempts.stream()
        .filter(attempt -> holdUp(attempt) == holdUp)
        .findFirst()
        .map(Answered::reason)
        .orElse(null);
  }

  /** Failures that no later call has disproved: one that ended well, and began after them. */
  private List<Answered> standing() {
    var workedAt =
        latest.stream()
            .filter(Answered::well)
            .map(Answered::begunAt)
            .max(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    return latest.stream()
        .filter(attempt -> !attempt.well() && attempt.endedAt().isAfter(workedAt))
        .toList();
  }

  /** What is disproved of these says nothing of today. */
  private static boolean isFailure(Answered attempt) {
    return !attempt.well() && !isOfAll(holdUp(attempt)) && !isLimited(attempt);
  }

  private static boolean isLimited(Answered attempt) {
    return !attempt.well() && holdUp(attempt) == HoldUp.RATE_LIMITED;
  }

  private static Instant pausedUntil(Answered limited) {
    var longest = limited.endedAt().plus(LONGEST_PAUSE);
    var due = Objects.requireNonNullElse(limited.dueAt(), limited.endedAt());
    return due.isBefore(longest) ? due : longest;
  }

  private static boolean isOfAll(HoldUp holdUp) {
    return switch (holdUp) {
      case KEY_REFUSED, BALANCE_EXHAUSTED, ACCESS_REFUSED, MODEL_UNKNOWN, MISCONFIGURED -> true;
      case RATE_LIMITED,
          UNREACHABLE,
          PROVIDER_UNAVAILABLE,
          BAD_REPLY,
          OUTCOME_UNKNOWN,
          PICTURE_NOT_STORED,
          NO_WORKER ->
          false;
    };
  }

  /** Of one that failed. */
  private static HoldUp holdUp(Answered attempt) {
    return switch (Objects.requireNonNull(attempt.code())) {
      case "misconfigured" -> refusal(Objects.requireNonNullElse(attempt.reason(), ""));
      case "rate_limited" -> HoldUp.RATE_LIMITED;
      case "bad_reply" -> HoldUp.BAD_REPLY;
      case "outcome_unknown" -> HoldUp.OUTCOME_UNKNOWN;
      case "picture_not_stored" -> HoldUp.PICTURE_NOT_STORED;
      default -> attempt.sent() ? HoldUp.PROVIDER_UNAVAILABLE : HoldUp.UNREACHABLE;
    };
  }

  private static HoldUp refusal(String reason) {
    return ProviderRefusal.in(reason).map(JudgeNebius::holdUp).orElse(HoldUp.MISCONFIGURED);
  }

  private static HoldUp holdUp(ProviderRefusal refusal) {
    return switch (refusal) {
      case KEY -> HoldUp.KEY_REFUSED;
      case BALANCE -> HoldUp.BALANCE_EXHAUSTED;
      case ACCESS -> HoldUp.ACCESS_REFUSED;
      case MODEL -> HoldUp.MODEL_UNKNOWN;
    };
  }
}
