package dev.darkroom.worker.consume;

import dev.darkroom.ledger.loop.LoggedFailureException;
import dev.darkroom.ledger.loop.LoopRound;
import dev.darkroom.messaging.KafkaHealth;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import dev.darkroom.model.JobMessage;
import dev.darkroom.worker.consume.JobSource.JobDelivery;
import dev.darkroom.worker.run.ExecutorCapacity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Takes jobs from Kafka while there is capacity: polls, claims in the ledger, acknowledges. Between
 * poll and claim the broker keeps a record for this worker, so a worker that dies there loses
 * nothing. A source that Kafka refuses is closed, and opened again a few seconds later.
 */
final class JobConsumer implements LoopRound {
  private static final Logger log = LoggerFactory.getLogger(JobConsumer.class);
  private static final Duration CAPACITY_WAIT = Duration.ofMillis(500);
  private static final Duration REOPEN_AFTER = Duration.ofSeconds(5);

  /** The first poll after a failure is short: health is restored when a round ends well. */
  private static final Duration PROVING_POLL = Duration.ofSeconds(2);

  private final Supplier<JobSource> open;
  private final BooleanSupplier topicsPresent;
  private final ExecutorCapacity capacity;
  private final IntakeSettings settings;
  private final KafkaHealth kafka;
  private final Counter decided;
  private final Counter givenBack;

  /** Received, and neither claimed nor given back; the next poll may only come after that. */
  private final Deque<JobDelivery> received = new ArrayDeque<>();

  private long giveBackAt;
  private boolean lastRoundFailed;
  private long openAt = System.nanoTime();
  private volatile @Nullable JobSource source;
  private volatile boolean joined;
  private volatile boolean ledgerAnswers = true;
  private volatile boolean stopping = true;

  JobConsumer(
      Supplier<JobSource> open,
      BooleanSupplier topicsPresent,
      ExecutorCapacity capacity,
      IntakeSettings settings,
      KafkaHealth kafka,
      MeterRegistry meters) {
    this.open = open;
    this.topicsPresent = topicsPresent;
    this.capacity = capacity;
    this.settings = settings;
    this.kafka = kafka;
    this.decided = records(meters, "decided");
    this.givenBack = records(meters, "given_back");
  }

  private static Counter records(MeterRegistry meters, String outcome) {
    return Counter.builder("darkroom.intake.records")
        .description("Records of jobs received from Kafka, by what was done with them")
        .tag("outcome", outcome)
        .register(meters);
  }

  /** What the consumer does now. */
  enum IntakeState {
    TAKES_JOBS("takes jobs"),
    AWAITS_CAPACITY(
        "waits for capacity: all slots are busy, calls to Nebius are paused, or the rate limit is used up"),
    AWAITS_LEDGER("waits for the ledger, which does not answer"),
    AWAITS_TOPICS("waits for Kafka's topics"),
    JOINS_GROUP("joins the group of workers; gets no jobs until it has joined"),
    STOPPED("stopped");

    private final String inWords;

    IntakeState(String inWords) {
      this.inWords = inWords;
    }

    String inWords() {
      return inWords;
    }
  }

  IntakeState state() {
    if (stopping) {
      return IntakeState.STOPPED;
    } else if (!topicsPresent.getAsBoolean()) {
      return IntakeState.AWAITS_TOPICS;
    } else if (!hasJoined()) {
      return capacity.available() == 0 ? IntakeState.AWAITS_CAPACITY : IntakeState.JOINS_GROUP;
    } else if (!ledgerAnswers) {
      return IntakeState.AWAITS_LEDGER;
    }
    return capacity.available() == 0 ? IntakeState.AWAITS_CAPACITY : IntakeState.TAKES_JOBS;
  }

  /** Whether it has been a member of the group of workers since its start, at least once. */
  boolean hasJoined() {
    var current = source;
    if (!joined && current != null) {
      joined = current.hasJoined();
    }
    return joined;
  }

  @Override
  public void begin() {
    joined = false;
    stopping = false;
  }

  @Override
  public boolean run() throws InterruptedException {
    var failed = true;
    try {
      takeFrom(source());
      failed = false;
      return true;
    } catch (LoggedFailureException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      kafka.report(KafkaConcern.INTAKE, settings.mode().explain(e));
      openAt = System.nanoTime() + REOPEN_AFTER.toNanos();
      close();
      throw new LoggedFailureException("Kafka refuses this worker");
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    } finally {
      lastRoundFailed = failed;
    }
  }

  /** Subscribed before the group is set to read from the beginning, it would miss older records. */
  private JobSource source() {
    var current = source;
    if (current == null) {
      if (!topicsPresent.getAsBoolean() || System.nanoTime() - openAt < 0) {
        throw new LoggedFailureException("not yet");
      }
      current = open.get();
      source = current;
      if (stopping) {
        current.wakeUp();
      }
    }
    return current;
  }

  private void takeFrom(JobSource from) throws InterruptedException {
    if (!received.isEmpty() && System.nanoTime() - giveBackAt > 0) {
      giveBack(from);
    }
    if (received.isEmpty()) {
      requireLedger(from);
    }
    if (capacity.available() == 0) {
      awaitCapacity(from);
    } else if (received.isEmpty()) {
      receive(from);
    } else {
      claim(from);
    }
  }

  private void giveBack(JobSource to) {
    to.giveBack(List.copyOf(received));
    givenBack.increment(received.size());
    received.clear();
  }

  /** Other workers may reach it: what was polled now would only be kept from them. */
  private void requireLedger(JobSource from) {
    if (!ledgerAnswers) {
      requireAnswer(from, capacity::tryLedger);
    }
  }

  private void requireAnswer(JobSource from, Runnable question) {
    if (!answers(question)) {
      from.keepAlive();
      throw new LoggedFailureException("the ledger does not answer");
    }
  }

  private void awaitCapacity(JobSource from) throws InterruptedException {
    capacity.awaitAvailable(CAPACITY_WAIT);
    if (capacity.available() == 0) {
      from.keepAlive();
    }
  }

  private void receive(JobSource from) {
    received.addAll(from.poll(pollAtMost()));
    giveBackAt = System.nanoTime() + settings.hold().toNanos();
    if (from.hasJoined()) {
      kafka.end(KafkaConcern.INTAKE);
    }
    if (!received.isEmpty() && !stopping) {
      claim(from);
    }
  }

  private Duration pollAtMost() {
    var usual = settings.poll();
    return lastRoundFailed && usual.compareTo(PROVING_POLL) > 0 ? PROVING_POLL : usual;
  }

  /** One that fails is repeated, while its records are held: it may have been carried out. */
  private void claim(JobSource from) {
    var next = received.stream().limit(capacity.available()).toList();
    if (!next.isEmpty()) {
      requireAnswer(from, () -> capacity.claimAndRun(jobs(next)));
      from.accept(next);
      decided.increment(next.size());
      next.forEach(received::remove);
    }
  }

  private static List<JobMessage> jobs(List<JobDelivery> deliveries) {
    return deliveries.stream().map(JobDelivery::job).toList();
  }

  private boolean answers(Runnable question) {
    try {
      question.run();
      if (!ledgerAnswers) {
        log.info("the ledger answers again; this worker takes jobs");
      }
      ledgerAnswers = true;
    } catch (DataAccessException e) {
      if (ledgerAnswers) {
        log.atWarn()
            .setCause(e)
            .log("the ledger does not answer; this worker takes no new jobs until it does");
      }
      ledgerAnswers = false;
    }
    return ledgerAnswers;
  }

  @Override
  public void wakeUp() {
    stopping = true;
    var current = source;
    if (current != null) {
      current.wakeUp();
    }
  }

  @Override
  public void end() {
    var current = source;
    if (current != null && !received.isEmpty()) {
      try {
        giveBack(current);
      } catch (KafkaException e) {
        log.debug("records were not given back; the broker delivers them to another worker", e);
      }
    }
    close();
  }

  private void close() {
    var current = source;
    source = null;
    received.clear();
    if (current != null) {
      current.close();
    }
  }
}
