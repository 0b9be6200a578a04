package dev.darkroom.worker.consume;

import dev.darkroom.model.JobMessage;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Where records of jobs come from. Used by one thread, except for {@link #wakeUp()} and {@link
 * #hasJoined()}. It may deliver a job late, twice, or to two workers; the ledger decides who works
 * on it.
 */
interface JobSource extends AutoCloseable {
  /** Where a source takes jobs from, and with whom it shares them. */
  record JobSubscription(String topic, String group) {}

  /**
   * A record that was received, and has to be accepted or given back.
   *
   * @param received the record that it was read from
   */
  record JobDelivery(JobMessage job, ConsumerRecord<String, byte[]> received) {}

  /**
   * Waits for records; empty when none came, or when woken up. Everything received before must have
   * been accepted or given back.
   */
  List<JobDelivery> poll(Duration atMost);

  /** The ledger has decided about these: they are never delivered again. */
  void accept(List<JobDelivery> deliveries);

  /** These are delivered again, to this worker or another one. */
  void giveBack(List<JobDelivery> deliveries);

  /**
   * Receives nothing, but keeps the membership in the group. To be called every second or so while
   * there is no {@link #poll}; may take a few hundredths of one.
   */
  void keepAlive();

  /** Whether this worker has become a member of its group; may be asked by any thread. */
  boolean hasJoined();

  /** Ends a {@link #poll} that is under way, or else the next one, from another thread. */
  void wakeUp();

  @Override
  void close();
}
