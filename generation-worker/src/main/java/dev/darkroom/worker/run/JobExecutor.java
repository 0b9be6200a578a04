package dev.darkroom.worker.run;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimPlan;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.LostJobStore;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.jobs.WorkerStore.WorkerOrders;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.worker.nebius.CancellableCall;
import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import dev.darkroom.worker.nebius.Provider;
import dev.darkroom.worker.nebius.Providers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;

/**
 * Runs jobs, each on a thread of its own and under a lease in the ledger.
 *
 * <p>They are platform threads: the first jobs of a worker load and initialize the same classes at
 * the same moment, which pins virtual threads to their carriers and may block them all.
 */
final class JobExecutor implements ExecutorCapacity, JobClaimer.AttemptRunner {
  private static final Logger log = LoggerFactory.getLogger(JobExecutor.class);
  private static final Duration WITHOUT_THREADS = Duration.ofSeconds(10);

  private final WorkerSettings settings;
  private final WorkerStore workers;
  private final JobClaimer claimer;
  private final Providers providers;
  private final PictureStore store;
  private final JobAttempt attempts;
  private final EventPublisher events;
  private final Map<Attempt, RunningCall> running = new ConcurrentHashMap<>();

  /** Over, but the ledger did not take the outcome: these are for the rescue to decide. */
  private final Set<Attempt> unreported = ConcurrentHashMap.newKeySet();

  private final Object ended = new Object();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("job-", 1).factory());

  private volatile long threadsAgainAt = System.nanoTime();
  private volatile WorkerOrders orders = WorkerOrders.NONE;

  private record RunningCall(String provider, CancellableCall call) {}

  /** Why a worker takes no jobs. */
  enum PauseReason {
    NOT,
    /** All slots are busy. */
    SLOTS,
    /** An operator has paused all calls. */
    OPERATOR,
    /**
     * Calls to all providers are paused: an outage, a refused key, or a provider asked for a pause.
     */
    NEBIUS,
    /** The calls that all workers may make are made. */
    QUOTA,
    /** No picture can be stored, so none is paid for. */
    PICTURES,
    /** No thread could be started a moment ago. */
    THREADS,
    STOPPING
  }

  JobExecutor(
      WorkerSettings settings,
      JobStore ledger,
      WorkerStore workers,
      LostJobStore lostJobs,
      Providers providers,
      PictureStore store,
      JobAttempt attempts,
      EventPublisher events,
      ObjectProvider<BuildProperties> build) {
    this.settings = settings;
    this.workers = workers;
    this.claimer = new JobClaimer(settings, ledger, workers, lostJobs, this, version(build));
    this.providers = providers;
    this.store = store;
    this.attempts = attempts;
    this.events = events;
    providers
        .all()
        .forEach(provider -> provider.permits().serve(() -> callsTo(provider), this::wakeWaiting));
  }

  private static String version(ObjectProvider<BuildProperties> build) {
    var properties = build.getIfAvailable();
    return properties == null ? "" : Objects.requireNonNullElse(properties.getVersion(), "");
  }

  @Override
  public int total() {
    return settings.concurrency();
  }

  /** There is room where any provider takes calls; a job that needs another one is put off. */
  @Override
  public int available() {
    var slots = freeSlots();
    return (int) Math.min(slots, sum(provider -> permittedCallsTo(provider, slots)));
  }

  private long sum(ToLongFunction<Provider> calls) {
    return providers.all().stream().mapToLong(calls).sum();
  }

  private int freeSlots() {
    return claimer.isStopping() || orders.paused() != null || lacksThreads() || !canStorePictures()
        ? 0
        : Math.max(0, settings.concurrency() - running.size());
  }

  private int permittedCallsTo(Provider provider, int slots) {
    return Math.min(callsTo(provider, slots), provider.permits().available());
  }

  private int callsTo(Provider provider) {
    return callsTo(provider, freeSlots());
  }

  /** How many jobs could begin a call there, if they were permitted. */
  private int callsTo(Provider provider, int slots) {
    var calls = provider.callsAllowed();
    return Math.max(
        0, calls <= slots ? Math.min(slots, calls - beforeTheirCallsTo(provider)) : slots);
  }

  /** Jobs that will use up one of the calls that are allowed now; the others have done so. */
  private int beforeTheirCallsTo(Provider provider) {
    return (int)
        running.values().stream()
            .filter(it -> it.provider().equals(provider.name()) && !it.call().isAdmitted())
            .count();
  }

  private boolean lacksThreads() {
    return System.nanoTime() - threadsAgainAt < 0;
  }

  private boolean canStorePictures() {
    return store.trouble(settings.concurrency()).isEmpty();
  }

  PauseReason pauseReason() {
    if (available() > 0) {
      return PauseReason.NOT;
    } else if (claimer.isStopping()) {
      return PauseReason.STOPPING;
    } else if (orders.paused() != null) {
      return PauseReason.OPERATOR;
    } else if (!canStorePictures()) {
      return PauseReason.PICTURES;
    } else if (lacksThreads()) {
      return PauseReason.THREADS;
    } else if (providers.all().stream().allMatch(provider -> provider.callsAllowed() == 0)) {
      return PauseReason.NEBIUS;
    }
    return sum(this::callsTo) == 0 ? PauseReason.SLOTS : PauseReason.QUOTA;
  }

  @Override
  public void awaitAvailable(Duration atMost) throws InterruptedException {
    var _ = await(() -> available() > 0, atMost);
  }

  @Override
  public void claimAndRun(List<JobMessage> jobs) {
    claimer.claim(jobs);
  }

  /** With a statement that would write, as a read-only database answers queries. */
  @Override
  public void tryLedger() {
    claimer.settle();
  }

  @Override
  public void begin(ClaimedJob job) {
    var attempt = job.attempt();
    var call = new CancellableCall(job.timeLeft());
    running.put(attempt, new RunningCall(job.provider(), call));
    try {
      threads.execute(() -> run(job, call));
    } catch (OutOfMemoryError e) {
      end(attempt);
      throw e;
    }
    publishBegin(job);
  }

  private void run(ClaimedJob job, CancellableCall call) {
    var attempt = job.attempt();
    unreported.add(attempt);
    try {
      if (attempts.run(job, call, settings.lease())) {
        unreported.remove(attempt);
      }
    } catch (InterruptedException | RuntimeException e) {
      log.atError()
          .addKeyValue("request_id", attempt.requestId())
          .addKeyValue("attempt", attempt.number())
          .setCause(e)
          .log("attempt failed unexpectedly; the job is rescued when its lease expires");
    } finally {
      end(attempt);
    }
  }

  /** Clients that miss this event read the ledger. */
  private void publishBegin(ClaimedJob job) {
    var attempt = job.attempt();
    try {
      events.publishProgress(
          GenerationEvent.progress(
              attempt.requestId(), job.userId(), JobStatus.PROCESSING, attempt.number()),
          job.trace());
    } catch (RuntimeException | OutOfMemoryError e) { // the attempt runs already
      log.atWarn()
          .addKeyValue("request_id", attempt.requestId())
          .setCause(e)
          .log("could not publish the start of an attempt; the attempt goes on");
    }
  }

  private void end(Attempt attempt) {
    running.remove(attempt);
    wakeWaiting();
  }

  private void wakeWaiting() {
    synchronized (ended) {
      ended.notifyAll();
    }
  }

  @Override
  public ClaimPlan plan(List<JobMessage> jobs) {
    var slots = freeSlots();
    return providers.plan(jobs, provider -> permittedCallsTo(provider, slots));
  }

  @Override
  public void usePermits(List<ClaimedJob> jobs) {
    jobs.forEach(job -> providers.named(job.provider()).permits().spend(1));
  }

  @Override
  public Set<Attempt> begun() {
    var begun =
        new HashSet<>(running.keySet()); // an attempt is added to the other before it leaves
    begun.addAll(unreported);
    return begun;
  }

  @Override
  public void threadsExhausted() {
    threadsAgainAt = System.nanoTime() + WITHOUT_THREADS.toNanos();
  }

  /**
   * Renews the worker's lease, and cancels the calls of jobs that the ledger has given to others.
   */
  void renewLeases() {
    var before = Map.copyOf(running);
    var over = new HashSet<>(unreported);
    over.removeAll(running.keySet());
    var held = claimer.renewLease();
    before.forEach((attempt, it) -> {
      if (!held.contains(attempt)) {
        it.call().cancel(CancelReason.LEASE_LOST);
      }
    });
    settleUnreported(over, held);
  }

  /**
   * Says why this worker takes no jobs, and heeds what the ledger says: cuts the calls of jobs that
   * are to be cancelled, and takes no jobs while all are paused.
   */
  void heedOrders() {
    var reason = pauseReason();
    var busy = reason == PauseReason.NOT || reason == PauseReason.SLOTS;
    var before = orders.paused();
    orders = workers.orders(settings.id(), busy ? null : reason.name().toLowerCase(Locale.ROOT));
    orders
        .cancelled()
        .forEach(attempt -> {
          var it = running.get(attempt);
          if (it != null) {
            it.call().cancel(CancelReason.CANCELLED);
          }
        });
    if (!Objects.equals(before, orders.paused())) {
      log.atInfo()
          .addKeyValue("reason", orders.paused())
          .log(
              orders.paused() == null
                  ? "an operator has resumed all calls"
                  : "an operator has paused all calls; jobs in hand go on");
      wakeWaiting();
    }
  }

  /** The worker holds nothing any more. */
  void leave() {
    workers.leave(settings.id());
  }

  /** What the ledger still holds is for the rescue, which looks for the picture first. */
  private void settleUnreported(Set<Attempt> over, Set<Attempt> held) {
    over.stream().filter(attempt -> !held.contains(attempt)).forEach(unreported::remove);
    over.retainAll(held);
    if (!over.isEmpty()) {
      var _ = workers.abandon(over);
    }
  }

  /** Waits until nothing runs, for as long as given at most. */
  boolean awaitNone(Duration atMost) throws InterruptedException {
    return await(running::isEmpty, atMost);
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

  void startClaiming() {
    claimer.start();
  }

  /** From here on no job is begun. */
  void stopClaiming(Duration atMost) throws InterruptedException {
    claimer.stop(atMost);
  }

  /** Cancels every call, so that its job goes back to the ledger. */
  void cancelAll() {
    running.values().forEach(it -> it.call().cancel(CancelReason.SHUTDOWN));
  }

  int size() {
    return running.size();
  }
}
