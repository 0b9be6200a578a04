package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.log.LogTail.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogTailTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TestingLog log = new TestingLog();
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final LogTail tail = new LogTail(log, () -> now, PATIENCE);

  @Test
  void it_begins_behind_what_is_there() {
    log.writeAndCommit(3);
    assertThat(tail.position()).isEmpty();
    assertThat(next()).isEmpty();
    assertThat(tail.position()).hasValue(3);

    log.writeAndCommit(2);
    assertThat(next()).containsExactly(4L, 5L);
    assertThat(tail.position()).hasValue(5);
  }

  @Test
  void it_does_not_begin_while_a_step_may_come_before_its_place() {
    log.write("late", 1);
    log.writeAndCommit(1);
    assertThat(tail.next()).isEqualTo(new LogTail.Reading(List.of(), Pace.SOON));
    assertThat(tail.position()).isEmpty();

    log.commit("late");
    log.writeAndCommit(1);
    assertThat(next()).as("what came since").containsExactly(3L);
    assertThat(tail.position()).hasValue(3);
  }

  @Test
  void steps_wait_for_one_that_is_committed_later_with_a_lower_number() {
    begun();
    log.write("late", 1);
    log.writeAndCommit(1);
    var reading = tail.next();
    assertThat(reading.steps()).isEmpty();
    assertThat(reading.next()).isEqualTo(Pace.SOON);
    assertThat(next()).isEmpty();

    log.commit("late");
    assertThat(next()).containsExactly(1L, 2L);
  }

  @Test
  void steps_before_a_gap_don_t_wait() {
    begun();
    log.writeAndCommit(1);
    log.write("late", 1);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(1L);
    log.commit("late");
    assertThat(next()).containsExactly(2L, 3L);
  }

  @Test
  void a_number_that_was_rolled_back_costs_two_questions_and_no_time() {
    begun();
    log.write("failed", 1);
    log.rollBack("failed");
    log.writeAndCommit(1);
    log.questions();

    var reading = tail.next();
    assertThat(reading.next()).isEqualTo(Pace.AT_ONCE);
    assertThat(next()).containsExactly(2L);
    assertThat(log.questions()).containsExactly("from", "writers", "from");
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(3L);
    assertThat(log.questions()).as("it is not looked at again").containsExactly("from");
  }

  @Test
  void a_gap_that_never_fills_is_passed_when_its_transaction_has_ended() {
    begun();
    log.write("fails", 2);
    log.writeAndCommit(1);
    assertThat(next()).isEmpty();
    log.rollBack("fails");
    assertThat(next()).containsExactly(3L);
  }

  @Test
  void transactions_that_began_after_the_gap_are_not_waited_for() {
    begun();
    log.write("late", 1);
    log.writeAndCommit(1);
    assertThat(next()).isEmpty();
    log.write("later", 1);
    log.commit("late");
    assertThat(next()).containsExactly(1L, 2L);
  }

  @Test
  void a_second_gap_is_waited_for_behind_the_first() {
    begun();
    log.write("first", 1);
    log.writeAndCommit(1);
    assertThat(next()).isEmpty();
    log.write("second", 1);
    log.writeAndCommit(1);
    log.rollBack("first");
    assertThat(next()).containsExactly(2L);
    assertThat(next()).isEmpty();
    log.commit("second");
    assertThat(next()).containsExactly(3L, 4L);
  }

  @Test
  void a_transaction_that_stays_open_holds_the_others_up_for_a_limited_time_and_only_once() {
    begun();
    log.write("frozen", 1);
    log.writeAndCommit(1);
    assertThat(next()).isEmpty();
    now = now.plus(PATIENCE).minusMillis(1);
    assertThat(next()).isEmpty();
    now = now.plusMillis(1);
    assertThat(next()).containsExactly(2L);

    log.write("failed", 1);
    log.rollBack("failed");
    log.writeAndCommit(1);
    assertThat(next()).isEmpty();
    assertThat(next()).as("the frozen one is not waited for again").containsExactly(4L);
  }

  @Test
  void an_outage_loses_nothing() {
    var away = new HashSet<String>();
    var breaking =
        new LogTail(
            new LogTail.Log() {
              @Override
              public Optional<LogTail.Mark> newest() {
                return log.newest();
              }

              @Override
              public List<NumberedStep> from(long seq, int limit) {
                return answer("from", log.from(seq, limit));
              }

              @Override
              public Set<String> writers() {
                return answer("writers", log.writers());
              }

              private <T> T answer(String question, T answer) {
                if (away.contains(question)) {
                  throw new TransientDataAccessResourceException("away");
                }
                return answer;
              }
            },
            () -> now,
            PATIENCE);
    breaking.next();
    log.writeAndCommit(1);
    log.write("failed", 1);
    log.rollBack("failed");
    log.writeAndCommit(1);
    for (var question : List.of("from", "writers")) {
      away.add(question);
      assertThatThrownBy(breaking::next).isInstanceOf(TransientDataAccessResourceException.class);
      assertThat(breaking.position()).hasValue(0);
      away.clear();
    }
    assertThat(seqs(breaking.next())).containsExactly(1L);
    assertThat(seqs(breaking.next())).containsExactly(3L);
  }

  @Test
  void a_full_page_is_followed_by_the_next_at_once() {
    begun();
    log.writeAndCommit(1_200);
    assertThat(tail.next().next()).isEqualTo(Pace.AT_ONCE);
    assertThat(tail.next().next()).isEqualTo(Pace.AT_ONCE);
    var last = tail.next();
    assertThat(last.next()).isEqualTo(Pace.LATER);
    assertThat(seqs(last)).hasSize(200).endsWith(1_200L);
  }

  @Test
  void whatever_the_order_of_commits_every_step_comes_once_and_in_order() {
    for (var seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var each = new TestingLog();
      var follower = new LogTail(each, () -> now, PATIENCE);
      var heard = new ArrayList<Long>();
      var openOnes = new ArrayList<String>();
      follower.next();
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
      for (var i = 0; i < 10; i++) {
        heard.addAll(seqs(follower.next()));
      }
      assertThat(heard)
          .as("seed %d", seed)
          .isEqualTo(each.from(0, Integer.MAX_VALUE).stream().map(NumberedStep::seq).toList());
    }
  }

  @Test
  void a_log_that_went_back_is_followed_from_its_new_end() {
    log.writeAndCommit(5);
    begun();
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(6L);

    log.goBackTo(2);
    var reading = tail.next();
    assertThat(reading.wentBack()).isTrue();
    assertThat(reading.steps()).isEmpty();
    assertThat(reading.next()).isEqualTo(Pace.AT_ONCE);
    assertThat(tail.position()).as("it is not known yet").isEmpty();
    assertThat(next()).isEmpty();
    assertThat(tail.position()).hasValue(2);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(3L);
  }

  @Test
  void a_log_that_has_reached_its_old_numbers_again_is_another_one_all_the_same() {
    log.writeAndCommit(5);
    begun();
    log.goBackTo(2);
    log.writeAndCommit(7);

    assertThat(tail.next().wentBack()).isTrue();
    assertThat(next()).isEmpty();
    assertThat(tail.position()).hasValue(9);
  }

  @Test
  void a_log_that_lost_only_what_was_not_read_goes_on() {
    log.writeAndCommit(5);
    begun();
    log.writeAndCommit(2);
    log.goBackTo(5);
    log.writeAndCommit(1);
    assertThat(next()).containsExactly(6L);
  }

  @Test
  void an_emptied_log_is_noticed_and_followed_from_its_first_step() {
    log.writeAndCommit(5);
    begun();
    log.goBackTo(0);
    assertThat(tail.next().wentBack()).isTrue();
    assertThat(next()).isEmpty();
    assertThat(tail.position()).hasValue(0);
    log.writeAndCommit(2);
    assertThat(next()).containsExactly(1L, 2L);
  }

  private void begun() {
    assertThat(next()).isEmpty();
  }

  private List<Long> next() {
    return seqs(tail.next());
  }

  private static List<Long> seqs(LogTail.Reading reading) {
    return reading.steps().stream().map(NumberedStep::seq).toList();
  }
}
