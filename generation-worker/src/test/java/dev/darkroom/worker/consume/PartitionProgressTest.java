package dev.darkroom.worker.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PartitionProgressTest {
  private final PartitionProgress progress = new PartitionProgress();

  @Test
  void there_is_nothing_to_commit_before_anything_came() {
    assertThat(progress.toCommit()).isEmpty();
  }

  @Test
  void it_is_committed_up_to_the_first_that_is_still_open() {
    receive(5, 6, 7, 8);
    progress.accepted(5);
    progress.accepted(7);

    assertThat(progress.toCommit()).hasValue(6);

    progress.accepted(6);
    progress.accepted(8);
    assertThat(progress.toCommit()).hasValue(9);
  }

  @Test
  void a_commit_is_repeated_as_an_earlier_one_may_have_failed() {
    receive(5);
    progress.accepted(5);

    assertThat(progress.toCommit()).hasValue(6);
    assertThat(progress.toCommit()).hasValue(6);
  }

  @Test
  void records_that_are_no_jobs_hold_nothing_up() {
    progress.received(0, false);
    assertThat(progress.toCommit()).hasValue(1);

    receive(1);
    progress.received(2, false);
    assertThat(progress.toCommit()).hasValue(1); // 1 is open

    progress.accepted(1);
    assertThat(progress.toCommit()).hasValue(3);
  }

  @Test
  void what_is_received_again_is_not_committed_before_it_was_accepted_again() {
    receive(5, 6, 7);
    progress.accepted(5);
    progress.rewind(6);
    assertThat(progress.toCommit()).hasValue(6);

    receive(6, 7);
    progress.accepted(7);
    assertThat(progress.toCommit()).hasValue(6);

    progress.accepted(6);
    assertThat(progress.toCommit()).hasValue(8);
  }

  @Test
  void a_commit_never_goes_back() {
    receive(5, 6);
    progress.accepted(5);
    progress.accepted(6);
    assertThat(progress.toCommit()).hasValue(7);

    progress.rewind(5);
    assertThat(progress.toCommit()).hasValue(7);
  }

  private void receive(long... offsets) {
    LongStream.of(offsets).forEach(offset -> progress.received(offset, true));
  }
}
