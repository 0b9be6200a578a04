package dev.darkroom.worker.run;

import static java.util.stream.Collectors.toSet;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimPlan;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.LostJobStore;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.jobs.WorkerStore.WorkerDescription;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Claims jobs, and begins what it gets. Jobs that the ledger gave to this worker and that it did
 * not begin, because the answer was lost or there was no thread, go back to the ledger.
 *
 * <p>A claim that got no answer may have been carried out, or be carried out later, when packets
 * that were held up arrive. So it is repeated with the same token, which is watched for a while.
 */
final class JobClaimer {
  private static final Logger log = LoggerFactory.getLogger(JobClaimer.class);

  /** Longer than any network keeps a packet that it has not delivered. */
  private static final Duration WATCHED = Duration.ofMinutes(10);

  /** Until a job is looked at again whose providers took no calls. */
  private static final Duration PUT_OFF = Duration.ofSeconds(5);

  private static final RetryableFailure NOT_BEGUN =
      new RetryableFailure(
              Step.ATTEMPT_FAILED,
              FailureCode.WITHDRAWN.word(),
              "No call was made: the worker could not begin the job, and gave it back.",
              false,
              Duration.ZERO)
          .withoutCall();

  private final WorkerSettings settings;
  private final JobStore ledger;
  private final WorkerStore workers;
  private final LostJobStore lostJobs;
  private final AttemptRunner runner;
  private final WorkerDescription description;

  /** Held from before a claim until all that it brought is begun or about to go back. */
  private final ReentrantLock claiming = new ReentrantLock();

  private final Map<UUID, Long> unansweredTokens = new ConcurrentHashMap<>();
  private final Set<Attempt> goingBack = ConcurrentHashMap.newKeySet();
  private UUID token = UUID.randomUUID();
  private volatile boolean stopping;

  /** Runs what was claimed. */
  interface AttemptRunner {
    /**
     * Begins an attempt.
     *
     * @throws OutOfMemoryError where there is no thread for it; then it was not begun
     */
    void begin(ClaimedJob job);

    /** Chooses which of the jobs to claim, and for calls to which providers. */
    ClaimPlan plan(List<JobMessage> jobs);

    /** These jobs were claimed. */
    void usePermits(List<ClaimedJob> jobs);

    /** All attempts that were begun here and may not be over as far as the ledger knows. */
    Set<Attempt> begun();

    /** No thread could be started. */
    void threadsExhausted();
  }

  JobClaimer(
      WorkerSettings settings,
      JobStore ledger,
      WorkerStore workers,
      LostJobStore lostJobs,
      AttemptRunner runner,
      String version) {
    this.settings = settings;
    this.description = new WorkerDescription(version, settings.concurrency());
    this.ledger = ledger;
    this.workers = workers;
    this.lostJobs = lostJobs;
    this.runner = runner;
  }

  void claim(List<JobMessage> jobs) {
    claiming.lock();
    try {
      var plan = runner.plan(jobs);
      var claimed = claimAndBegin(plan);
      putOff(jobs.stream().map(JobMessage::requestId).filter(job -> !plan.holds(job)).toList());
      putBack(jobs.stream().filter(job -> !claimed.contains(job.requestId())).toList());
    } finally {
      claiming.unlock();
    }
  }

  private void putOff(List<RequestId> jobs) {
    if (!jobs.isEmpty()) {
      ledger.putOff(jobs, PUT_OFF);
    }
  }

  /** Of those that were not claimed; nearly all of them have ended or are held. */
  private void putBack(List<JobMessage> jobs) {
    List<RequestId> restored;
    try {
      restored = lostJobs.putBack(jobs);
    } catch (DataIntegrityViolationException e) {
      if (jobs.size() > 1) {
        jobs.forEach(job -> putBack(List.of(job)));
      } else {
        log.atError()
            .addKeyValue("request_id", jobs.getFirst().requestId())
            .addKeyValue("reason", e.getClass().getSimpleName())
            .log(
                "a record holds a job that the ledger does not know and can't store; it is dropped");
      }
      return;
    }
    if (!restored.isEmpty()) {
      log.atWarn()
          .addKeyValue("jobs", restored.size())
          .addKeyValue("request_id", restored.getFirst())
          .log(
              "the ledger did not know accepted jobs, as after a failover or from a backup; they were put back from Kafka");
    }
  }

  private Set<RequestId> claimAndBegin(ClaimPlan plan) {
    var begun = runner.begun(); // asked before the claim: one that ends meanwhile was begun too
    List<ClaimedJob> claimed;
    try {
      claimed = ledger.claimDue(settings.id(), settings.lease(), token, plan);
    } catch (RuntimeException e) { // it may have been carried out all the same
      unansweredTokens.put(token, System.nanoTime());
      throw e;
    }
    token = UUID.randomUUID();
    // A repeated claim returns what the first one brought as well. An attempt of it that goes back
    // is
    // not begun: its report that no call was made may be on its way.
    var fresh =
        claimed.stream()
            .filter(job -> !begun.contains(job.attempt()) && !goingBack.contains(job.attempt()))
            .toList();
    runner.usePermits(fresh);
    beginAll(fresh);
    return claimed.stream().map(job -> job.attempt().requestId()).collect(toSet());
  }

  /** The first job that can't be begun goes back, and so do all that follow it. */
  private void beginAll(List<ClaimedJob> claimed) {
    var left = new ArrayDeque<>(claimed);
    try {
      while (!left.isEmpty() && !stopping) {
        runner.begin(left.element());
        left.remove();
      }
    } catch (OutOfMemoryError e) {
      runner.threadsExhausted();
      log.atError()
          .addKeyValue("jobs", left.size())
          .addKeyValue("reason", e.getMessage())
          .log(
              "no thread could be started; these jobs go back to the ledger, and none is taken for"
                  + " some seconds; lower darkroom.worker.concurrency or allow more processes (pids.max, ulimit -u)");
    } finally {
      left.forEach(job -> goingBack.add(job.attempt()));
      giveBack();
    }
  }

  /** Those that the ledger does not take now go back the next time. */
  private void giveBack() {
    for (var attempt : List.copyOf(goingBack)) {
      try {
        var _ = ledger.rescheduleIfHeld(attempt, NOT_BEGUN);
        goingBack.remove(attempt);
      } catch (DataAccessException e) {
        log.atWarn()
            .addKeyValue("jobs", goingBack.size())
            .addKeyValue("reason", e.getClass().getSimpleName())
            .log("could not give back jobs that were not begun; this is retried");
        return;
      }
    }
  }

  /**
   * Renews the worker's lease. Unless a claim is under way, jobs that the ledger holds for this
   * worker because of a claim that got no answer go back.
   *
   * @return the attempts that this worker holds
   */
  Set<Attempt> renewLease() {
    if (!claiming.tryLock()) {
      return Set.copyOf(workers.heartbeat(settings.id(), settings.lease(), description));
    }
    try {
      return settleUnderLock();
    } finally {
      claiming.unlock();
    }
  }

  /** The same, once a claim under way has its answer. */
  void settle() {
    claiming.lock();
    try {
      var _ = settleUnderLock();
    } finally {
      claiming.unlock();
    }
  }

  private Set<Attempt> settleUnderLock() {
    var known = runner.begun(); // asked before the ledger: one that ends meanwhile was begun too
    known.addAll(goingBack);
    var held = Set.copyOf(workers.heartbeat(settings.id(), settings.lease(), description));
    var now = System.nanoTime();
    unansweredTokens.values().removeIf(failed -> now - failed > WATCHED.toNanos());
    var strays = held.stream().filter(attempt -> !known.contains(attempt)).toList();
    if (!strays.isEmpty()) {
      settle(strays);
    }
    giveBack();
    return held;
  }

  private void settle(List<Attempt> strays) {
    var ours = strays.stream().filter(job -> unansweredTokens.containsKey(job.claim())).toList();
    if (!ours.isEmpty()) {
      log.atWarn()
          .addKeyValue("jobs", ours.size())
          .log("the answer to a claim was lost; its jobs go back to the ledger");
      goingBack.addAll(ours);
    }
    var others = strays.stream().filter(job -> !ours.contains(job)).toList();
    if (!others.isEmpty()) { // nobody knows what became of their calls
      log.atWarn()
          .addKeyValue("jobs", others.size())
          .log("the ledger holds jobs for this worker that it never began; they are rescued");
      var _ = workers.abandon(others);
    }
  }

  void start() {
    stopping = false;
  }

  /**
   * From here on nothing is begun: jobs that a claim under way still brings go back.
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
