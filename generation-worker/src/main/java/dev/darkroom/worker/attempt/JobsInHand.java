package dev.darkroom.worker.attempt;

import dev.darkroom.ledger.Attempt;
import dev.darkroom.ledger.ClaimJobs;
import dev.darkroom.ledger.ClaimedJob;
import dev.darkroom.ledger.Intent;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.worker.nebius.CallInProgress;
import dev.darkroom.worker.nebius.CallNebius;
import dev.darkroom.worker.quota.CallPermits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs under way in this worker, each on a thread of its own and under a lease in the ledger.
 *
 * <p>They are platform threads: the first jobs of a worker load and initialize the same classes at
 * the same moment, which holds virtual ones to their carriers, and may do so for ever.
 */
final class JobsInHand implements JobSlots {
  private static final Logger log = LoggerFactory.getLogger(JobsInHand.class);

  private final WorkerSettings settings;
  private final ClaimJobs ledger;
  private final CallNebius nebius;
  private final CallPermits permits;
  private final AttemptJob attempts;
  private final PublishEvents events;
  private final Map<Attempt, CallInProgress> inHand = new ConcurrentHashMap<>();
  private final Object ended = new Object();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("job-", 1).factory());

  /**
   * Of the next claim. One that fails is made again under the same token: what it got in the ledger
   * before its answer was lost is then begun after all.
   */
  private UUID claimToken = UUID.randomUUID();

  JobsInHand(
      WorkerSettings settings,
      ClaimJobs ledger,
      CallNebius nebius,
      CallPermits permits,
      AttemptJob attempts,
      PublishEvents events) {
    this.settings = settings;
    this.ledger = ledger;
    this.nebius = nebius;
    this.attempts = attempts;
    this.events = events;
    this.permits = permits;
    permits.serve(this::freeSlots, this::wakeWaiting);
  }

  @Override
  public int total() {
    return settings.concurrency();
  }

  @Override
  public int room() {
    return Math.min(freeSlots(), permits.inStock());
  }

  private int freeSlots() {
    var slots = settings.concurrency() - inHand.size();
    var calls = nebius.callsAllowed();
    return Math.max(0, calls < slots ? Math.min(slots, calls - beforeTheirCalls()) : slots);
  }

  /** Jobs that will use up one of the calls that are allowed now; those under way have done so. */
  private int beforeTheirCalls() {
    return (int) inHand.values().stream().filter(call -> !call.hasPassed()).count();
  }

  Waiting why() {
    if (room() > 0) {
      return Waiting.NOT;
    } else if (nebius.callsAllowed() == 0) {
      return Waiting.NEBIUS;
    }
    return freeSlots() == 0 ? Waiting.SLOTS : Waiting.QUOTA;
  }

  @Override
  public void awaitRoom(Duration atMost) throws InterruptedException {
    var _ = await(() -> room() > 0, atMost);
  }

  @Override
  public void take(List<JobMessage> messages) {
    var intents =
        messages.stream()
            .collect(Collectors.toMap(JobMessage::requestId, this::intent, (first, _) -> first));
    var claimed =
        ledger.claimDue(settings.id(), settings.lease(), claimToken, List.copyOf(intents.values()));
    claimToken = UUID.randomUUID();
    permits.spend(claimed.size());
    for (var job : claimed) {
      var intent = Objects.requireNonNull(intents.get(job.message().requestId()));
      begin(job, intent.parameters());
    }
  }

  /** With a statement that would write, for one that answers may be read-only. */
  @Override
  public void tryLedger() {
    var _ = ledger.heartbeatOfHeld(settings.id(), settings.lease(), List.of());
  }

  private Intent intent(JobMessage job) {
    var parameters = nebius.parameters(job.request());
    return new Intent(
        job.requestId(),
        parameters.sent(),
        parameters.cut().isEmpty() ? Map.of() : Map.of("cut", parameters.cut()));
  }

  private void begin(ClaimedJob job, Map<String, ?> parameters) {
    var attempt = job.attempt();
    var call = new CallInProgress(job.timeLeft());
    inHand.put(attempt, call);
    try {
      threads.execute(() -> carryOut(job, parameters, call));
    } catch (OutOfMemoryError e) { // no more threads: the lease must lapse, and the intake end
      end(attempt);
      throw e;
    }
    tell(job);
  }

  private void carryOut(ClaimedJob job, Map<String, ?> parameters, CallInProgress call) {
    var attempt = job.attempt();
    try {
      attempts.run(job, parameters, call, settings.lease());
    } catch (InterruptedException | RuntimeException e) {
      log.atError()
          .addKeyValue("request_id", attempt.requestId())
          .addKeyValue("attempt", attempt.number())
          .setCause(e)
          .log("an attempt broke off; the job is rescued when its lease lapses");
    } finally {
      end(attempt);
    }
  }

  private void tell(ClaimedJob job) {
    var message = job.message();
    events.tell(
        GenerationEvent.progress(
            message.requestId(), message.userId(), JobStatus.PROCESSING, job.attempt().number()),
        job.trace());
  }

  private void end(Attempt attempt) {
    inHand.remove(attempt);
    permits.slotFreed();
    wakeWaiting();
  }

  private void wakeWaiting() {
    synchronized (ended) {
      ended.notifyAll();
    }
  }

  /**
   * Renews the leases of all jobs in hand, and ends the calls of those that the ledger has given to
   * others.
   */
  void renewLeases() {
    var before = Map.copyOf(inHand);
    if (before.isEmpty()) {
      return;
    }
    var held = Set.copyOf(ledger.heartbeatOfHeld(settings.id(), settings.lease(), before.keySet()));
    before.forEach((attempt, call) -> {
      if (!held.contains(attempt)) {
        call.end(CallInProgress.Ended.LOST);
      }
    });
  }

  /** Waits until nothing is in hand, for as long as given at most. */
  boolean awaitNone(Duration atMost) throws InterruptedException {
    return await(inHand::isEmpty, atMost);
  }

  private boolean await(BooleanSupplier reached, Duration atMost) throws InterruptedException {
    var giveUp = System.nanoTime() + atMost.toNanos();
    synchronized (ended) {
      while (!reached.getAsBoolean()) {
        var left = Duration.ofNanos(giveUp - System.nanoTime()).toMillis();
        if (left <= 0) {
          return false;
        }
        ended.wait(left);
      }
      return true;
    }
  }

  /** Ends every call, so that its job goes back to the ledger. */
  void giveBack() {
    inHand.values().forEach(call -> call.end(CallInProgress.Ended.STOPPING));
  }

  int size() {
    return inHand.size();
  }
}
