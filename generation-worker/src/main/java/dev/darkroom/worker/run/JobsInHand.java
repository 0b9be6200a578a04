package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimJobs;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.Intent;
import dev.darkroom.messaging.PublishEvents;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.CancellableCall;
import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import dev.darkroom.worker.nebius.NebiusClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
final class JobsInHand implements JobSlots, JobClaims.Hands {
  private static final Logger log = LoggerFactory.getLogger(JobsInHand.class);
  private static final Duration WITHOUT_THREADS = Duration.ofSeconds(5);
  private static final Duration WITH_FEWER = Duration.ofMinutes(1);

  private final WorkerSettings settings;
  private final ClaimJobs ledger;
  private final JobClaims claims;
  private final NebiusClient nebius;
  private final CallPermits permits;
  private final PictureStore store;
  private final AttemptJob attempts;
  private final PublishEvents events;
  private final Map<Attempt, CancellableCall> inHand = new ConcurrentHashMap<>();

  /** Begun and over, but the ledger could not be told how: these are for the rescue to decide. */
  private final Set<Attempt> unreported = ConcurrentHashMap.newKeySet();

  private final Object ended = new Object();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("job-", 1).factory());

  private volatile Lack lack = new Lack(System.nanoTime() - WITH_FEWER.toNanos(), 0);

  /**
   * A thread could not be started.
   *
   * @param jobs that were in hand then; for a while it will not be more
   */
  private record Lack(long nanos, int jobs) {
    boolean isNewerThan(Duration time) {
      return System.nanoTime() - nanos < time.toNanos();
    }
  }

  JobsInHand(
      WorkerSettings settings,
      ClaimJobs ledger,
      UnbegunAttempts unbegun,
      NebiusClient nebius,
      CallPermits permits,
      PictureStore store,
      AttemptJob attempts,
      PublishEvents events) {
    this.settings = settings;
    this.ledger = ledger;
    this.claims = new JobClaims(settings, ledger, unbegun, this);
    this.nebius = nebius;
    this.store = store;
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
    if (claims.isStopping() || lacksThreads() || !keepsPictures()) {
      return 0;
    }
    var slots = threadsAllowed() - inHand.size();
    var calls = nebius.callsAllowed();
    return Math.max(0, calls <= slots ? Math.min(slots, calls - beforeTheirCalls()) : slots);
  }

  /** Jobs that will use up one of the calls that are allowed now; those under way have done so. */
  private int beforeTheirCalls() {
    return (int) inHand.values().stream().filter(call -> !call.isAdmitted()).count();
  }

  private boolean lacksThreads() {
    return lack.isNewerThan(WITHOUT_THREADS);
  }

  private int threadsAllowed() {
    var latest = lack;
    return latest.isNewerThan(WITH_FEWER)
        ? Math.clamp(latest.jobs(), 1, settings.concurrency())
        : settings.concurrency();
  }

  private boolean keepsPictures() {
    return store.trouble(settings.concurrency()).isEmpty();
  }

  Waiting why() {
    if (room() > 0) {
      return Waiting.NOT;
    } else if (claims.isStopping()) {
      return Waiting.STOPPING;
    } else if (!keepsPictures()) {
      return Waiting.PICTURES;
    } else if (lacksThreads()) {
      return Waiting.THREADS;
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
            .map(this::intent)
            .collect(Collectors.toMap(Intent::requestId, intent -> intent, (first, _) -> first));
    claims.claim(intents);
  }

  /** With a statement that would write, for one that answers may be read-only. */
  @Override
  public void tryLedger() {
    var _ = ledger.heartbeatOfHeld(settings.id(), settings.lease(), List.of());
    claims.settle();
  }

  private Intent intent(JobMessage job) {
    var parameters = nebius.parameters(job.request());
    return new Intent(
        job.requestId(),
        parameters.sent(),
        parameters.cut().isEmpty() ? Map.of() : Map.of("cut", parameters.cut()));
  }

  @Override
  public void begin(ClaimedJob job, Map<String, ?> parameters) {
    var attempt = job.attempt();
    var call = new CancellableCall(job.timeLeft());
    inHand.put(attempt, call);
    try {
      threads.execute(() -> carryOut(job, parameters, call));
    } catch (OutOfMemoryError e) {
      end(attempt);
      throw e;
    }
    tell(job);
  }

  private void carryOut(ClaimedJob job, Map<String, ?> parameters, CancellableCall call) {
    var attempt = job.attempt();
    unreported.add(attempt);
    try {
      if (attempts.run(job, parameters, call, settings.lease())) {
        unreported.remove(attempt);
      }
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

  /** A follower who does not hear of it reads the ledger. */
  private void tell(ClaimedJob job) {
    var message = job.message();
    try {
      events.tell(
          GenerationEvent.progress(
              message.requestId(), message.userId(), JobStatus.PROCESSING, job.attempt().number()),
          job.trace());
    } catch (RuntimeException | OutOfMemoryError e) { // the attempt runs already
      log.atWarn()
          .addKeyValue("request_id", message.requestId())
          .setCause(e)
          .log("the start of an attempt could not be published; the attempt goes on");
    }
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

  @Override
  public void spend(int jobs) {
    permits.spend(jobs);
  }

  @Override
  public boolean wasBegun(Attempt attempt) {
    return inHand.containsKey(attempt) || unreported.contains(attempt);
  }

  @Override
  public Set<Attempt> begun() {
    var begun = new HashSet<>(unreported);
    begun.addAll(inHand.keySet());
    return begun;
  }

  @Override
  public void lackThreads() {
    lack = new Lack(System.nanoTime(), inHand.size());
  }

  /**
   * Renews the leases of all jobs in hand, and ends the calls of those that the ledger has given to
   * others. Also of those that a claim brought whose answer was lost.
   */
  void renewLeases() {
    renewInHand();
    claims.renewUnheardOf();
    if (!claims.mayHoldUnheardOf()) {
      unreported.retainAll(inHand.keySet()); // nobody will ask for them
    }
  }

  private void renewInHand() {
    var before = Map.copyOf(inHand);
    var ours = new HashSet<>(claims.goingBack());
    ours.addAll(before.keySet());
    if (ours.isEmpty()) {
      return;
    }
    var held = Set.copyOf(ledger.heartbeatOfHeld(settings.id(), settings.lease(), ours));
    before.forEach((attempt, call) -> {
      if (!held.contains(attempt)) {
        call.cancel(CancelReason.LEASE_LOST);
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

  void takeAgain() {
    claims.start();
  }

  /** From here on nothing is begun any more. */
  void takeNothingMore(Duration patience) throws InterruptedException {
    claims.stop(patience);
  }

  /** Ends every call, so that its job goes back to the ledger. */
  void giveBack() {
    inHand.values().forEach(call -> call.cancel(CancelReason.SHUTDOWN));
  }

  int size() {
    return inHand.size();
  }
}
