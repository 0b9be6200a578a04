package dev.darkroom.worker.consume;

import dev.darkroom.model.JobMessage;
import java.time.Duration;
import java.util.List;

/**
 * Where records of jobs come from. Used by one thread, except for {@link #wakeUp()} and {@link
 * #hasJoined()}. It may deliver a job late, twice, or to two workers; the ledger decides who works
 * on it.
 */
interface JobSource extends AutoCloseable {
  /**
   * A record that was received and has to be let go of.
   *
   * @param handle the source's own
   */
  record Delivery(JobMessage job, Object handle) {}

  /**
   * Waits for records; empty when none came, or when woken up. Everything received before must have
   * been let go of.
   */
  List<Delivery> poll(Duration atMost);

  /** The ledger has decided about these: they are never delivered again. */
  void accept(List<Delivery> deliveries);

  /** These are for somebody else, or for later: they are delivered again. */
  void giveBack(List<Delivery> deliveries);

  /**
   * Receives nothing, but shows that this worker is alive. To be called every second or so for as
   * long as there is no {@link #poll}; may take a few hundredths of one.
   */
  void stay();

  /** Whether this worker has become a member of its group; may be asked by any thread. */
  boolean hasJoined();

  /** Ends a {@link #poll} that is under way, or else the next one, from another thread. */
  void wakeUp();

  @Override
  void close();
}
