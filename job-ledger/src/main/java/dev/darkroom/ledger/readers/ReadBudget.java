package dev.darkroom.ledger.readers;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What a reader's question may take, in as many statements as it needs: each is asked only while
 * there is time left and somebody waits for the answer.
 */
public final class ReadBudget {
  private static final ScopedValue<ReadBudget> CURRENT = ScopedValue.newInstance();

  private final long until;
  private final BooleanSupplier readerGone;

  private ReadBudget(long until, BooleanSupplier readerGone) {
    this.until = until;
    this.readerGone = readerGone;
  }

  /**
   * Asks within so much time.
   *
   * @param readerGone whether nobody waits for the answer any more
   * @throws QuestionTooSlowException where that time is over before the answer is complete
   * @throws ReaderGoneException where the reader is gone before that
   */
  public static <R, X extends Throwable> R within(
      Duration time, BooleanSupplier readerGone, ScopedValue.CallableOp<R, X> question) throws X {
    var budget = new ReadBudget(System.nanoTime() + time.toNanos(), readerGone);
    return ScopedValue.where(CURRENT, budget).call(question);
  }

  /** Before each statement. */
  static void check() {
    if (CURRENT.isBound()) {
      CURRENT.get().checkNow();
    }
  }

  private void checkNow() {
    if (left() <= 0) {
      throw new QuestionTooSlowException();
    }
    if (readerGone.getAsBoolean()) {
      throw new ReaderGoneException();
    }
  }

  /** What a statement may take, in whole seconds as JDBC has it: one at least. */
  static int secondsLeft(Duration atMost) {
    var nanos =
        CURRENT.isBound() ? Math.min(atMost.toNanos(), CURRENT.get().left()) : atMost.toNanos();
    return Math.max(1, Math.toIntExact(Duration.ofNanos(nanos).toSeconds()));
  }

  private long left() {
    return until - System.nanoTime();
  }
}
