package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.JobOutbox.EnqueuedJob;
import dev.darkroom.ledger.queue.JobOutbox.RunningJobs;
import dev.darkroom.messaging.JobRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far workers have come in each partition of the topic of jobs: when the latest record was
 * enqueued whose job was seen running. Kafka delivers the records of one partition in order; one
 * partition may be hours behind another.
 */
final class PartitionHeads {
  /** Other gateways may take so long to learn a new number of partitions. */
  private static final Duration UNTIL_ALL_KNOW = Duration.ofMinutes(1);

  private final Map<Integer, Instant> heads = new HashMap<>();
  private int partitions = 1; // no topic has fewer, and none ever loses one
  private Instant latest = Instant.EPOCH;

  /** Earlier records can't be compared: they may be in another partition, or from another clock. */
  private Instant since = Instant.EPOCH;

  /** Takes note of the running jobs. */
  void see(RunningJobs running, int partitionsNow) {
    if (partitionsNow != partitions) {
      partitions = partitionsNow;
      beginAt(running.now().plus(UNTIL_ALL_KNOW));
    }
    if (running.now().isBefore(latest)) { // after a failover the ledger's clock may be another
      beginAt(latest);
    } else {
      latest = running.now();
    }
    running.jobs().stream()
        .filter(this::isComparable)
        .forEach(job -> heads.merge(partition(job), job.enqueuedAt(), PartitionHeads::later));
  }

  private void beginAt(Instant time) {
    heads.clear();
    since = later(since, time);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** The furthest of all, if there is any. */
  Optional<Instant> furthest() {
    return heads.values().stream().max(Comparator.naturalOrder());
  }

  /** Whether a record of the same partition was taken up that was enqueued so much later. */
  boolean haveOvertaken(EnqueuedJob waiting, Duration by) {
    var head = heads.get(partition(waiting));
    return head != null && isComparable(waiting) && waiting.enqueuedAt().plus(by).isBefore(head);
  }

  private boolean isComparable(EnqueuedJob job) {
    return !job.enqueuedAt().isBefore(since);
  }

  private int partition(EnqueuedJob job) {
    return JobRecords.partition(job.id(), partitions);
  }
}
