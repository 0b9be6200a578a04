package dev.darkroom.ledger.loop;

/** What a {@link BackgroundLoop} does over and over. */
@FunctionalInterface
public interface LoopRound {
  /**
   * One round.
   *
   * @return true where there is more to do at once
   * @throws LoggedFailureException where the round failed and has logged the reason itself
   */
  boolean run() throws InterruptedException;

  /** The loop starts; called before its thread. */
  default void begin() {}

  /** The loop stops: ends a round that waits. Called by another thread. */
  default void wakeUp() {}

  /** Closes what the rounds have opened. Called by the loop's own thread after its last round. */
  default void end() {}
}
