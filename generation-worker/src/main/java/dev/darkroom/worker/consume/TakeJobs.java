package dev.darkroom.worker.consume;

import dev.darkroom.ledger.loop.LoopAge;
import dev.darkroom.worker.consume.JobSource.Delivery;
import dev.darkroom.worker.run.JobSlots;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * Takes jobs as long as there is room: polls, claims in the ledger, lets go of the record. Between
 * poll and claim the broker keeps a record for this worker, so a worker that dies there loses
 * nothing.
 */
final class TakeJobs implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(TakeJobs.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Supplier<JobSource> open;
  private final BooleanSupplier topicsPresent;
  private final JobSlots jobs;
  private final IntakeSettings settings;
  private final Counter decided;
  private final Counter givenBack;
  private final LoopAge age = new LoopAge("intake");
  private final Deque<Delivery> waiting = new ArrayDeque<>();
  private volatile boolean running;
  private volatile boolean joined;
  private volatile @Nullable JobSource source;
  private volatile boolean ledgerAnswers = true;
  private volatile Thread thread = new Thread(this::run);

  TakeJobs(
      Supplier<JobSource> open,
      BooleanSupplier topicsPresent,
      JobSlots jobs,
      IntakeSettings settings,
      MeterRegistry meters) {
    this.open = open;
    this.topicsPresent = topicsPresent;
    this.jobs = jobs;
    this.settings = settings;
    this.decided = records(meters, "decided");
    this.givenBack = records(meters, "given_back");
    age.register(meters);
  }

  private static Counter records(MeterRegistry meters, String outcome) {
    return Counter.builder("darkroom.intake.records")
        .description("Records of jobs from Kafka, by what was done with them")
        .tag("outcome", outcome)
        .register(meters);
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().name("intake").unstarted(this::run);
    joined = false;
    running = true;
    age.succeeded();
    thread.start();
  }

  @Override
  public void stop() {
    running = false;
    var open = source;
    if (open != null) {
      open.wakeUp();
    }
    try {
      if (!thread.join(STOP_PATIENCE)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Seen from outside; whoever is asked about Kafka are its topics, as a poll never complains. */
  IntakeState state() {
    if (!running) {
      return IntakeState.STOPPED;
    } else if (thread.getState() == Thread.State.TERMINATED) {
      return IntakeState.DIED;
    } else if (!topicsPresent.getAsBoolean()) {
      return IntakeState.AWAITS_TOPICS;
    } else if (!hasJoined()) {
      return jobs.room() == 0 ? IntakeState.AWAITS_ROOM : IntakeState.JOINS_GROUP;
    } else if (!ledgerAnswers) {
      return IntakeState.AWAITS_LEDGER;
    }
    return jobs.room() == 0 ? IntakeState.AWAITS_ROOM : IntakeState.TAKES_JOBS;
  }

  /** Whether it has ever been a member of the group of workers since its start. */
  boolean hasJoined() {
    var open = source;
    if (!joined && open != null) {
      joined = open.hasJoined();
    }
    return joined;
  }

  private void run() {
    while (running) {
      try {
        awaitTopics();
        takeFrom(open.get());
      } catch (RuntimeException e) { // whatever it is, a worker without its intake is no use
        log.atWarn().setCause(e).log("intake broke off; it begins again in a moment");
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * Subscribed before the group is told to read from the beginning, it would miss what is already
   * there.
   */
  private void awaitTopics() throws InterruptedException {
    while (running && !topicsPresent.getAsBoolean()) {
      Thread.sleep(PAUSE.dividedBy(5));
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      running = false;
    }
  }

  private void takeFrom(JobSource opened) throws InterruptedException {
    waiting.clear();
    source = opened;
    try (opened) {
      while (running) {
        if (!ledgerAnswers) {
          awaitLedger(opened);
        } else if (jobs.room() == 0) {
          awaitRoom(opened);
        } else {
          waiting.addAll(opened.poll(settings.poll()));
          claimWaiting(opened);
        }
        if (ledgerAnswers) {
          age.succeeded();
        }
      }
    } finally {
      source = null;
    }
  }

  /** Others may well reach it: what was polled now would only be kept from them. */
  private void awaitLedger(JobSource in) throws InterruptedException {
    Thread.sleep(PAUSE);
    if (!answers(jobs::tryLedger)) {
      in.stay();
    }
  }

  private void awaitRoom(JobSource in) throws InterruptedException {
    jobs.awaitRoom(PAUSE);
    if (jobs.room() == 0) {
      in.stay();
    }
  }

  /** Until all of them are claimed or given back: the next poll may only come then. */
  private void claimWaiting(JobSource from) throws InterruptedException {
    var giveUp = System.nanoTime() + settings.hold().toNanos();
    while (!waiting.isEmpty()) {
      if (!running || System.nanoTime() - giveUp > 0) {
        from.giveBack(List.copyOf(waiting));
        givenBack.increment(waiting.size());
        waiting.clear();
        return;
      }
      var next = waiting.stream().limit(jobs.room()).toList();
      if (next.isEmpty()) {
        awaitRoom(from);
      } else if (claim(next)) {
        from.accept(next);
        decided.increment(next.size());
        next.forEach(waiting::remove);
      } else {
        Thread.sleep(PAUSE);
        from.stay();
      }
    }
  }

  private boolean claim(List<Delivery> deliveries) {
    return answers(() -> jobs.take(deliveries.stream().map(Delivery::job).toList()));
  }

  private boolean answers(Runnable question) {
    try {
      question.run();
      if (!ledgerAnswers) {
        log.info("the ledger answers again; jobs are taken");
      }
      ledgerAnswers = true;
    } catch (DataAccessException e) {
      if (ledgerAnswers) {
        log.atWarn()
            .setCause(e)
            .log("the ledger does not answer; nothing new is taken until it does");
      }
      ledgerAnswers = false;
    }
    return ledgerAnswers;
  }
}
