package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogTailTest {
  private final TestingLog log = new TestingLog();
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private @Nullable LogTail begun;

  @Test
  void it_begins_behind_what_is_there() {
    log.writeAndCommit(3);
    begin();
    log.writeAndCommit(2);
    var batch = tail().next();
    assertThat(seqs(batch)).containsExactly(4L, 5L);
    assertThat(batch.position()).isEqualTo(new LogTail.TailPosition(5, Set.of()));
  }

  @Test
  void a_step_that_was_being_written_when_it_began_is_returned() {
    log.writeAndCommit(1);
    log.write("late", 1);
    log.writeAndCommit(1);
    begin();
    assertThat(tail().position()).isEqualTo(new LogTail.TailPosition(3, Set.of(2L)));
    log.commit("late");
    assertThat(next()).containsExactly(2L);
  }

  @Test
  void a_step_that_is_committed_late_holds_up_no_other_and_is_returned_once() {
    begin();
    log.write("late", 1);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(2L);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(3L);

    log.commit("late");
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(1L, 4L);
    assertThat(next()).isEmpty();
  }

  @Test
  void a_number_that_was_rolled_back_is_asked_for_no_longer_than_a_commit_may_take() {
    begin();
    log.write("failed", 1);
    log.rollBack("failed");
    log.writeAndCommit(1);
    assertThat(missing()).containsExactly(1L);
    now = now.plus(LogTail.LONGEST_COMMIT);
    assertThat(missing()).containsExactly(1L);
    now = now.plusMillis(1);
    assertThat(missing()).isEmpty();
  }

  @Test
  void a_late_step_is_returned_after_an_outage_that_took_longer_than_its_commit_may() {
    begin();
    log.write("late", 1);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(2L);
    log.away = true;
    log.commit("late");
    log.writeAndCommit(1);
    assertThatThrownBy(tail()::next).isInstanceOf(TransientDataAccessResourceException.class);
    now = now.plus(Duration.ofHours(1));
    log.away = false;
    assertThat(next()).containsExactly(1L, 3L);
  }

  @Test
  void it_remembers_a_limited_count_of_missing_numbers() {
    begin();
    log.write("large", 50_000);
    log.rollBack("large");
    log.writeAndCommit(1);
    assertThat(missing()).hasSize(10_000).contains(50_000L);
  }

  @Test
  void a_full_page_is_followed_by_the_next_at_once() {
    begin();
    log.writeAndCommit(1_200);
    assertThat(tail().next().more()).isTrue();
    assertThat(tail().next().more()).isTrue();
    var last = tail().next();
    assertThat(last.more()).isFalse();
    assertThat(seqs(last)).endsWith(1_200L);
  }

  @Test
  void whatever_the_order_of_commits_every_step_comes_once() {
    for (var seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var each = new TestingLog();
      var follower = new LogTail(each, () -> now);
      var heard = new ArrayList<Long>();
      var openOnes = new ArrayList<String>();
      for (var i = 0; i < 300; i++) {
        switch (random.nextInt(4)) {
          case 0 -> {
            each.write("t" + i, 1 + random.nextInt(3));
            openOnes.add("t" + i);
          }
          case 1 -> {
            if (!openOnes.isEmpty()) {
              each.commit(openOnes.remove(random.nextInt(openOnes.size())));
            }
          }
          case 2 -> {
            if (!openOnes.isEmpty() && random.nextInt(4) == 0) {
              each.rollBack(openOnes.remove(random.nextInt(openOnes.size())));
            }
          }
          default -> heard.addAll(seqs(follower.next()));
        }
      }
      openOnes.forEach(each::commit);
      heard.addAll(seqs(follower.next()));
      assertThat(heard)
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(
              each.read(List.of(), 0, Integer.MAX_VALUE).stream().map(LogEntry::seq).toList());
    }
  }

  @Test
  void a_log_that_went_back_is_followed_from_its_new_end() {
    log.writeAndCommit(5);
    begin();
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(6L);

    log.goBackTo(2);
    assertThat(tail().next().wentBack()).isTrue();
    assertThat(next()).isEmpty();
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(3L);
  }

  @Test
  void a_log_that_has_reached_its_old_numbers_again_is_another_one_all_the_same() {
    log.writeAndCommit(5);
    begin();
    log.goBackTo(2);
    log.writeAndCommit(7);

    var batch = tail().next();
    assertThat(batch.wentBack()).isTrue();
    assertThat(batch.position()).isEqualTo(new LogTail.TailPosition(9, Set.of()));
  }

  @Test
  void a_log_that_lost_only_what_was_not_read_goes_on() {
    log.writeAndCommit(5);
    begin();
    log.writeAndCommit(2);
    log.goBackTo(5);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(6L);
  }

  @Test
  void an_emptied_log_is_noticed_and_followed_from_its_first_step() {
    log.writeAndCommit(5);
    begin();
    log.goBackTo(0);
    assertThat(tail().next().wentBack()).isTrue();
    assertThat(next()).isEmpty();
    log.writeAndCommit(2);
    assertThat(next()).containsExactly(1L, 2L);
  }

  private void begin() {
    begun = new LogTail(log, () -> now);
    assertThat(next()).isEmpty();
  }

  private LogTail tail() {
    return Objects.requireNonNull(begun);
  }

  private List<Long> next() {
    return seqs(tail().next());
  }

  private Set<Long> missing() {
    return tail().next().position().missing();
  }

  private static List<Long> seqs(LogTail.TailBatch batch) {
    return batch.steps().stream().map(LogEntry::seq).toList();
  }
}
