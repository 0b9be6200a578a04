package dev.darkroom.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.worker.consume.JobSource.JobSubscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.Test;

class ConsumerGroupSourceIT extends JobSourceContract {
  @Override
  JobSource open(Map<String, Object> connection, JobSubscription subscription) {
    return new ConsumerGroupSource(connection, subscription, 8, TestingBroker.RECORDS);
  }

  @Override
  int partitions() {
    return 4;
  }

  /** A consumer says itself where it begins. */
  @Override
  void prepareGroup(Admin admin, String group) {}

  @Override
  Set<String> members(Admin admin, String group) throws Exception {
    return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
        .flatMap(described -> described.members().stream())
        .map(MemberDescription::consumerId)
        .collect(Collectors.toSet());
  }

  @Test
  void what_a_worker_has_in_hand_when_partitions_are_taken_from_it_goes_to_their_next_owner()
      throws Exception {
    var sent = send(12);
    var full = open();
    var inHand = awaitDeliveries(full);
    try (var other = new TestingTaker(open())) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            full.keepAlive(); // without it the other one would wait for ever
            return !other.taken().isEmpty();
          });
      // It goes on with what it has; the ledger decides between the two.
      full.accept(inHand);
      full.close();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            var all = new java.util.HashSet<>(other.taken());
            all.addAll(ids(inHand));
            return all.containsAll(sent);
          });
    }
    assertThat(committed()).isEqualTo(sent.size());
  }

  /** Records before the committed offsets, in all partitions. */
  private long committed() throws Exception {
    return broker
        .admin
        .listConsumerGroupOffsets(jobs.group())
        .partitionsToOffsetAndMetadata()
        .get()
        .values()
        .stream()
        .mapToLong(offset -> offset.offset())
        .sum();
  }
}
