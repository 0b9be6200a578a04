package dev.darkroom.ledger.readers;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.springframework.dao.QueryTimeoutException;

/**
 * The time that a reader's statements may take together. Each runs only while there is time left
 * and the reader still waits.
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
   * A budget of this much time.
   *
   * @param readerGone whether the reader no longer waits
   * @throws QueryTimeoutException if the time is over before the result is complete
   * @throws ReaderGoneException if the reader is gone before that
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
      throw new QueryTimeoutException("the time for this query is over");
    }
    if (readerGone.getAsBoolean()) {
      throw new ReaderGoneException();
    }
  }

  /** The timeout of a statement, in whole seconds as JDBC has it, at least one. */
  static int secondsLeft(Duration atMost) {
    var nanos =
        CURRENT.isBound() ? Math.min(atMost.toNanos(), CURRENT.get().left()) : atMost.toNanos();
    return Math.max(1, Math.toIntExact(Duration.ofNanos(nanos).toSeconds()));
  }

  private long left() {
    return until - System.nanoTime();
  }
}
