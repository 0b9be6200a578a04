package dev.darkroom.system.chaos;

import static org.awaitility.Awaitility.await;

import dev.darkroom.system.chaos.ChaosFault.Recovery;
import dev.darkroom.system.clients.ClientSubmission;
import dev.darkroom.system.run.ObservedSystem;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** Plays one fault after the other, in an order that the seed decides, while clients submit. */
public final class ChaosRun {
  /** Whoever is not well again by then is left to the promises; the run goes on. */
  private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(2);

  private static final int JOBS_PER_SECOND = 12;
  private static final int BURST = 30;
  private static final Duration BURST_TAKES = Duration.ofMillis(200);

  private final ObservedSystem observed;
  private final Random dice;
  private final Duration length;
  private final Clock clock = Clock.systemUTC();
  private final long started = System.nanoTime();

  public ChaosRun(ObservedSystem observed, long seed, Duration length) {
    this.observed = observed;
    this.dice = new Random(seed);
    this.length = length;
  }

  /** Plays until the time is over; afterwards nothing is broken any more. */
  public List<Played> play() throws IOException {
    var played = new ArrayList<Played>();
    var schedule = new Schedule(ChaosFault.possibleIn(observed.system()), dice);
    observed
        .system()
        .providers()
        .forEach(provider -> provider.takes(Duration.ofMillis(100), Duration.ofMillis(200)));
    try (var _ = observed.clients().changeTheirMinds();
        var _ = observed.clients().keepSubmitting(JOBS_PER_SECOND)) {
      while (soFar().compareTo(length) < 0) {
        played.add(play(schedule.next()));
      }
    }
    say("all faults have been played; %d jobs submitted".formatted(observed.clients().submitted()));
    return List.copyOf(played);
  }

  private Played play(ChaosFault fault) throws IOException {
    var lasts = fault.drawLength(dice);
    observed.clients().submit(BURST); // so that it hits many jobs under way
    pass(BURST_TAKES, System.nanoTime());
    say("%s, for %d ms; %s jobs open".formatted(fault, lasts.toMillis(), open()));
    var begun = System.nanoTime();
    var heal = fault.begin(observed.system(), dice);
    var recovered = Duration.ZERO;
    try {
      pass(lasts, begun);
      if (fault.recovery() == Recovery.WHILE_IT_LASTS) {
        recovered = awaitRecovery(begun);
      }
    } finally {
      heal.heal();
    }
    var lasted = Duration.ofNanos(System.nanoTime() - begun);
    if (fault.recovery() == Recovery.AFTERWARDS) {
      recovered = awaitRecovery(System.nanoTime());
    }
    say("%s is over, well again after %d ms".formatted(fault, recovered.toMillis()));
    return new Played(fault, lasted, recovered);
  }

  /**
   * Until a job submitted now has completed, all that are open now have ended, and every worker
   * that runs has taken up a job.
   */
  private Duration awaitRecovery(long since) {
    var now = clock.instant();
    var probe = observed.clients().submit();
    try {
      var open =
          await("the ledger answers")
              .atMost(LONGEST_RECOVERY)
              .until(observed.ledger()::open, Optional::isPresent)
              .orElseThrow();
      await("the system is well again")
          .atMost(LONGEST_RECOVERY)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> probe.isDone() && hasEnded(open, probe.resultNow()) && isEachBusySince(now));
    } catch (ConditionTimeoutException e) {
      say("not well again after %s: %s jobs open".formatted(LONGEST_RECOVERY, open()));
    }
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private boolean hasEnded(Set<UUID> before, ClientSubmission probe) {
    return observed
        .ledger()
        .open()
        .map(open ->
            open.stream().noneMatch(before::contains)
                && probe.accepted().filter(id -> !open.contains(id)).isPresent())
        .orElse(false);
  }

  private boolean isEachBusySince(Instant moment) {
    var busy = observed.ledger().busySince(moment).orElse(Set.of());
    return observed.system().workers().stream()
        .filter(worker -> worker.process().isAlive())
        .allMatch(worker -> busy.stream().anyMatch(worker::isCalled));
  }

  private static void pass(Duration time, long since) {
    try {
      var left = time.toNanos() - (System.nanoTime() - since);
      var _ = new CountDownLatch(1).await(left, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the run was broken off", e);
    }
  }

  private String open() {
    return observed.ledger().open().map(open -> "" + open.size()).orElse("an unknown number of");
  }

  private Duration soFar() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private void say(String what) {
    System.out.printf("[chaos %4ds] %s%n", soFar().toSeconds(), what);
  }
}
