package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.jobs.JobOutbox.Enqueued;
import dev.darkroom.ledger.jobs.JobOutbox.Running;
import dev.darkroom.messaging.JobRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far each partition of the topic of jobs is taken up: when the record was enqueued that is the
 * latest of those that were seen running. Kafka hands out the records of one partition in order; of
 * two partitions it says nothing, and one may well be hours behind the other.
 */
final class PartitionHeads {
  /** Other gateways may not know a new number of partitions for so long. */
  private static final Duration UNTIL_ALL_KNOW = Duration.ofMinutes(1);

  private final Map<Integer, Instant> heads = new HashMap<>();
  private int partitions = 1; // no topic has fewer, and none ever loses one
  private Instant latest = Instant.EPOCH;

  /** What was enqueued before can't be compared: it lies elsewhere, or another clock said when. */
  private Instant since = Instant.EPOCH;

  /** Takes in what runs. */
  void see(Running running, int partitionsNow) {
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
  boolean haveOvertaken(Enqueued waiting, Duration by) {
    var head = heads.get(partition(waiting));
    return head != null && isComparable(waiting) && waiting.enqueuedAt().plus(by).isBefore(head);
  }

  private boolean isComparable(Enqueued job) {
    return !job.enqueuedAt().isBefore(since);
  }

  private int partition(Enqueued job) {
    return JobRecords.partition(job.id(), partitions);
  }
}
