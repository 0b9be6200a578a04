package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.CallIntent;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims jobs, and begins what it gets. What the ledger gave and this worker did not begin, because
 * the answer was lost or there was no thread for it, is begun later or goes back.
 */
final class JobClaims {
  private static final Logger log = LoggerFactory.getLogger(JobClaims.class);

  private final WorkerSettings settings;
  private final JobStore ledger;
  private final UnbegunAttempts unbegun;
  private final Hands hands;
  private final ClaimTokens tokens = new ClaimTokens();

  /** Held from before a claim until all that it brought is in hand or to be given back. */
  private final ReentrantLock claiming = new ReentrantLock();

  private volatile boolean stopping;

  /** Those who work on jobs. */
  interface Hands {
    int room();

    /**
     * Begins an attempt.
     *
     * @throws OutOfMemoryError where there is no thread for it; it was not begun then
     */
    void begin(ClaimedJob job, Map<String, ?> parameters);

    /** So many jobs were claimed. */
    void spend(int jobs);

    /** Whether this was begun here, and may not be over as far as the ledger knows. */
    boolean wasBegun(Attempt attempt);

    /** All that were, some of which may be over by now. */
    Set<Attempt> begun();

    /** No thread could be started. */
    void lackThreads();
  }

  JobClaims(WorkerSettings settings, JobStore ledger, UnbegunAttempts unbegun, Hands hands) {
    this.settings = settings;
    this.ledger = ledger;
    this.unbegun = unbegun;
    this.hands = hands;
  }

  void claim(Map<RequestId, CallIntent> intents) {
    claiming.lock();
    try {
      claimAndBegin(intents);
    } finally {
      claiming.unlock();
    }
  }

  private void claimAndBegin(Map<RequestId, CallIntent> intents) {
    List<ClaimedJob> claimed;
    try {
      claimed =
          ledger.claimDue(
              settings.id(), settings.lease(), tokens.current(), List.copyOf(intents.values()));
    } catch (RuntimeException e) { // it may have been carried out all the same
      tokens.unanswered(intents);
      throw e;
    }
    tokens.decided(intents.keySet());
    // a claim under the same token tells of what an earlier one brought as well
    var fresh = claimed.stream().filter(job -> !hands.wasBegun(job.attempt())).toList();
    hands.spend(fresh.size());
    beginAll(fresh, intents);
  }

  /** What can't be begun goes back, and so does all that would have followed. */
  private void beginAll(List<ClaimedJob> claimed, Map<RequestId, CallIntent> intents) {
    var left = new ArrayDeque<>(claimed);
    try {
      while (!left.isEmpty() && !stopping) {
        var job = left.element();
        hands.begin(
            job, Objects.requireNonNull(intents.get(job.attempt().requestId())).parameters());
        left.remove();
      }
    } catch (OutOfMemoryError e) {
      hands.lackThreads();
      log.atError()
          .addKeyValue("jobs", left.size())
          .addKeyValue("reason", e.getMessage())
          .log(
              "no thread could be started; these jobs go back to the ledger, and none is taken for"
                  + " some seconds; lower darkroom.worker.concurrency or allow more processes");
    } finally {
      left.forEach(job -> unbegun.add(job.attempt()));
      unbegun.giveBack();
    }
  }

  /**
   * Renews the leases of what a claim brought whose answer was lost. Unless a claim is under way,
   * these jobs are begun, as far as there is room, or given back.
   */
  void renewUnheardOf() {
    if (!claiming.tryLock()) {
      var _ = heldByUnanswered();
      return;
    }
    try {
      settleUnderLock();
    } finally {
      claiming.unlock();
    }
  }

  /** The same, once a claim under way has its answer. */
  void settle() {
    claiming.lock();
    try {
      settleUnderLock();
    } finally {
      claiming.unlock();
    }
  }

  private List<Attempt> heldByUnanswered() {
    var watched = tokens.watched();
    return watched.isEmpty()
        ? List.of()
        : ledger.heartbeatOfUnanswered(settings.id(), settings.lease(), watched, hands.begun());
  }

  private void settleUnderLock() {
    var strays = heldByUnanswered().stream().filter(attempt -> !hands.wasBegun(attempt)).toList();
    if (!strays.isEmpty()) {
      log.atWarn()
          .addKeyValue("jobs", strays.size())
          .log("the answer to a claim was lost; its jobs are begun now or go back to the ledger");
      var ids = strays.stream().map(Attempt::requestId).toList();
      var wanted = tokens.undecided(ids, hands.room());
      if (!wanted.isEmpty()) {
        claimAndBegin(wanted);
      }
      strays.stream()
          .filter(attempt -> !wanted.containsKey(attempt.requestId()))
          .forEach(unbegun::add);
    }
    tokens.settled();
    unbegun.giveBack();
  }

  /** Attempts that are about to go back, and must not lapse before that. */
  Set<Attempt> goingBack() {
    return unbegun.waiting();
  }

  /** Whether there may be jobs in the ledger that this worker has never heard of. */
  boolean mayHoldUnheardOf() {
    return !tokens.watched().isEmpty();
  }

  void start() {
    stopping = false;
  }

  /**
   * From here on nothing is begun any more: what a claim under way still brings goes back.
   *
   * @param atMost how long to wait for the answer of such a claim
   */
  void stop(Duration atMost) throws InterruptedException {
    stopping = true;
    if (claiming.tryLock(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      claiming.unlock();
    }
  }

  boolean isStopping() {
    return stopping;
  }
}
