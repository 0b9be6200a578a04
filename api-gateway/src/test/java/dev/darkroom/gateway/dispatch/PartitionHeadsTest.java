package dev.darkroom.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.queue.JobOutbox.EnqueuedJob;
import dev.darkroom.ledger.queue.JobOutbox.RunningJobs;
import dev.darkroom.messaging.JobRecords;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PartitionHeadsTest {
  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private final PartitionHeads heads = new PartitionHeads();

  @Test
  void in_one_partition_a_later_record_that_runs_shows_that_an_earlier_one_is_lost() {
    see(NOON, 1, inPartition(0, 1, NOON.minusSeconds(10)));

    assertThat(heads.haveOvertaken(inPartition(0, 1, NOON.minusSeconds(71)), MINUTE)).isTrue();
    assertThat(heads.haveOvertaken(inPartition(0, 1, NOON.minusSeconds(69)), MINUTE)).isFalse();
  }

  @Test
  void a_slow_partition_is_not_overtaken_by_a_quick_one() {
    see(NOON, 2);
    var start = NOON.plus(MINUTE);
    var waiting = inPartition(0, 2, start);
    see(start.plusSeconds(600), 2, inPartition(1, 2, start.plusSeconds(590)));

    assertThat(heads.haveOvertaken(waiting, MINUTE)).isFalse();

    see(start.plusSeconds(601), 2, inPartition(0, 2, start.plusSeconds(595)));
    assertThat(heads.haveOvertaken(waiting, MINUTE)).isTrue();
  }

  @Test
  void what_was_enqueued_before_the_topic_had_so_many_partitions_may_lie_in_another_one() {
    see(NOON, 1, inPartition(0, 1, NOON));
    see(NOON.plusSeconds(1), 4);
    see(NOON.plusSeconds(600), 4, inPartition(2, 4, NOON.plusSeconds(500)));

    assertThat(heads.haveOvertaken(inPartition(2, 4, NOON.plusSeconds(30)), MINUTE)).isFalse();
    assertThat(heads.haveOvertaken(inPartition(2, 4, NOON.plusSeconds(90)), MINUTE)).isTrue();
  }

  @Test
  void after_a_failover_to_a_server_whose_clock_is_behind_nobody_is_overtaken() {
    see(NOON, 1, inPartition(0, 1, NOON));
    var back = NOON.minusSeconds(300);
    see(back, 1);
    var waiting = inPartition(0, 1, back.plusSeconds(1));

    assertThat(heads.furthest()).isEmpty();
    assertThat(heads.haveOvertaken(waiting, MINUTE)).isFalse();
    see(NOON.minusSeconds(60), 1, inPartition(0, 1, NOON.minusSeconds(61)));
    assertThat(heads.haveOvertaken(waiting, MINUTE)).isFalse();

    see(NOON.plusSeconds(200), 1, inPartition(0, 1, NOON.plusSeconds(190)));
    assertThat(heads.haveOvertaken(waiting, MINUTE)).as("of another clock").isFalse();
    assertThat(heads.haveOvertaken(inPartition(0, 1, NOON.plusSeconds(2)), MINUTE)).isTrue();
  }

  private void see(Instant now, int partitions, EnqueuedJob... running) {
    heads.see(new RunningJobs(now, List.of(running)), partitions);
  }

  private static EnqueuedJob inPartition(int partition, int of, Instant enqueuedAt) {
    var id =
        Stream.generate(() -> new RequestId(UUID.randomUUID()))
            .filter(each -> JobRecords.partition(each, of) == partition)
            .findFirst()
            .orElseThrow();
    return new EnqueuedJob(id, enqueuedAt);
  }
}
