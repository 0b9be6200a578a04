package dev.darkroom.gateway.rescue;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Since when the ledger has answered without a break. A slow answer counts as a break: a frozen
 * ledger answers, too, when it thaws. So does a time in which it was not asked, or which only its
 * clock says has passed, as after a suspend: the workers may have stood still as well.
 */
final class LedgerUptime {
  private static final Duration PROMPT = Duration.ofSeconds(1);

  /** More than clocks drift from one question to the next, and less than is left of a lease. */
  private static final Duration CLOCK_STEP = Duration.ofSeconds(2);

  private final Supplier<Instant> ledgerTime;
  private final Duration longestSilence;
  private final LongSupplier nanoTime;
  private boolean unbroken;
  private long since;
  private long answered;
  private Instant latestTime = Instant.MAX;
  private long askedForTime;

  /**
   * @param longestSilence between two questions
   * @param nanoTime as {@link System#nanoTime()} counts, which no correction of a clock moves
   */
  LedgerUptime(Supplier<Instant> ledgerTime, Duration longestSilence, LongSupplier nanoTime) {
    this.ledgerTime = ledgerTime;
    this.longestSilence = longestSilence;
    this.nanoTime = nanoTime;
  }

  /** Asks the ledger, and remembers whether it answered. */
  <T> T ask(Supplier<T> question) {
    var asked = nanoTime.getAsLong();
    var goesOn = unbroken && asked - answered <= longestSilence.toNanos();
    unbroken = false; // unless it answers
    var answer = question.get();
    answered = nanoTime.getAsLong();
    if (!goesOn || answered - asked > PROMPT.toNanos()) {
      since = answered;
    }
    unbroken = true;
    return answer;
  }

  /** Asks the ledger for its time. True if it has answered for at least this long. */
  boolean hasLasted(Duration time) {
    var asked = nanoTime.getAsLong();
    var told = ask(ledgerTime);
    var passed = Duration.ofNanos(answered - askedForTime);
    if (told.minus(passed).minus(CLOCK_STEP).isAfter(latestTime)) {
      since = answered;
    }
    latestTime = told;
    askedForTime = asked;
    return answered - since >= time.toNanos();
  }
}
