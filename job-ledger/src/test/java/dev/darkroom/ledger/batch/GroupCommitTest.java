package dev.darkroom.ledger.batch;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.batch.GroupCommit.CommitLimits;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessException;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 20, unit = SECONDS)
class GroupCommitTest {
  private static final CommitLimits LIMITS = new CommitLimits(100, 10, 1, Duration.ofSeconds(10));

  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final List<List<Integer>> written = new CopyOnWriteArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final CompletableFuture<Void> answered = new CompletableFuture<>();

  @AfterEach
  void stop() {
    goOn.countDown();
    answered.complete(null);
    clients.shutdownNow();
  }

  @Test
  void a_lone_write_is_written_at_once_and_hears_its_result() {
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, this::doubled)) {
      assertThat(groupCommit.write(7)).isEqualTo(14);
    }
    assertThat(written).containsExactly(List.of(7));
  }

  @Test
  void writes_that_come_while_others_are_written_share_the_next_statement() throws Exception {
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, this::doubledSlowly)) {
      var first = write(groupCommit, 0);
      begun.await();
      var others = IntStream.rangeClosed(1, 15).mapToObj(i -> write(groupCommit, i)).toList();
      await().until(() -> groupCommit.waiting() == 15);
      assertThat(first).isNotDone();
      goOn.countDown();

      assertThat(first.join()).isZero();
      assertThat(others.stream().map(CompletableFuture::join))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, 15).mapToObj(i -> 2 * i).toList());
    }
    assertThat(written.stream().map(List::size)).containsExactly(1, 10, 5);
  }

  @Test
  void several_writers_write_at_the_same_time() throws Exception {
    var both = new CountDownLatch(2);
    Function<List<Integer>, List<Integer>> meet =
        batch -> {
          both.countDown();
          awaitLatch(both);
          return doubled(batch);
        };
    var two = new CommitLimits(100, 1, 2, Duration.ofSeconds(10));
    try (var groupCommit = new GroupCommit<>("numbers", two, meet)) {
      assertThat(
              write(groupCommit, 1)
                  .thenCombine(write(groupCommit, 2), Integer::sum)
                  .get(5, SECONDS))
          .isEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"23514", "22P05", "22021"})
  void one_that_is_refused_for_its_data_fails_alone(String state) throws Exception {
    Function<List<Integer>, List<Integer>> refuseThree =
        batch -> {
          begun.countDown();
          awaitLatch(goOn);
          if (batch.contains(3)) {
            throw new DataIntegrityViolationException("three", new SQLException("", state));
          }
          return doubled(batch);
        };
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, refuseThree)) {
      var results = queued(groupCommit);
      goOn.countDown();

      assertThat(results.get(1).join()).isEqualTo(2);
      assertThat(results.get(5).join()).isEqualTo(10);
      assertThatThrownBy(results.get(3)::join)
          .cause()
          .isInstanceOf(DataIntegrityViolationException.class);
    }
    assertThat(written.stream().flatMap(List::stream)).containsExactlyInAnyOrder(0, 1, 2, 4, 5);
  }

  @Test
  void an_outage_is_heard_by_all_and_nothing_is_tried_again() throws Exception {
    var calls = new ArrayList<Integer>();
    Function<List<Integer>, List<Integer>> outage =
        batch -> {
          begun.countDown();
          awaitLatch(goOn);
          calls.add(batch.size());
          throw new DataAccessResourceFailureException("away");
        };
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, outage)) {
      var results = queued(groupCommit);
      goOn.countDown();

      assertThat(results)
          .allSatisfy(result ->
              assertThatThrownBy(result::join)
                  .isInstanceOf(CompletionException.class)
                  .cause()
                  .isInstanceOf(DataAccessResourceFailureException.class));
    }
    assertThat(calls).containsExactly(1, 5);
  }

  /** Once all of it was written a second time, one by one. */
  @Test
  void a_batch_that_fails_after_its_commit_is_not_written_again() throws Exception {
    Function<List<Integer>, List<Integer>> failAfterCommit =
        batch -> {
          begun.countDown();
          awaitLatch(goOn);
          doubled(batch);
          throw new IllegalStateException("its results can't be read");
        };
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, failAfterCommit)) {
      var results = queued(groupCommit);
      goOn.countDown();

      assertThat(results)
          .allSatisfy(result ->
              assertThatThrownBy(result::join).cause().isInstanceOf(IllegalStateException.class));
    }
    assertThat(written.stream().map(List::size)).containsExactly(1, 5);
  }

  @Test
  void a_bad_value_that_is_no_integrity_violation_is_not_tried_again() throws Exception {
    Function<List<Integer>, List<Integer>> refuse =
        batch -> {
          begun.countDown();
          awaitLatch(goOn);
          written.add(List.copyOf(batch));
          throw new DataIntegrityViolationException("bad", new SQLException("", "22003"));
        };
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, refuse)) {
      var results = queued(groupCommit);
      goOn.countDown();

      assertThat(results).allSatisfy(result -> assertThatThrownBy(result::join));
    }
    assertThat(written.stream().map(List::size)).containsExactly(1, 5);
  }

  @Test
  void an_error_is_heard_too_and_writing_goes_on() {
    Function<List<Integer>, List<Integer>> broken =
        batch -> {
          if (batch.contains(1)) {
            throw new StackOverflowError();
          }
          return doubled(batch);
        };
    try (var groupCommit = new GroupCommit<>("numbers", LIMITS, broken)) {
      assertThatThrownBy(() -> groupCommit.write(1))
          .hasRootCauseInstanceOf(StackOverflowError.class);
      assertThat(groupCommit.write(2)).isEqualTo(4);
    }
  }

  @Test
  void a_full_queue_is_said_at_once() throws Exception {
    var narrow = new CommitLimits(1, 10, 1, Duration.ofSeconds(10));
    try (var groupCommit = new GroupCommit<>("numbers", narrow, this::doubledSlowly)) {
      var first = write(groupCommit, 0);
      begun.await();
      var second = write(groupCommit, 1);
      await().until(() -> groupCommit.waiting() == 1);

      assertThatThrownBy(() -> groupCommit.write(2))
          .isInstanceOf(TransientDataAccessException.class)
          .hasMessageContaining("too many writes");
      goOn.countDown();
      assertThat(first.join() + second.join()).isEqualTo(2);
    }
  }

  @Test
  void who_waited_too_long_is_told_and_left_out() throws Exception {
    var hasty = new CommitLimits(100, 10, 1, Duration.ofMillis(100));
    try (var groupCommit = new GroupCommit<>("numbers", hasty, this::doubledSlowly)) {
      var first = write(groupCommit, 0);
      begun.await();

      assertThatThrownBy(() -> groupCommit.write(1))
          .isInstanceOf(TransientDataAccessException.class)
          .hasMessageContaining("not committed in time");
      assertThatThrownBy(first::join).hasRootCauseInstanceOf(TimeoutException.class);
      goOn.countDown();
    }
    assertThat(written).containsExactly(List.of(0));
  }

  @Test
  void closing_finishes_what_waits() throws Exception {
    var groupCommit = new GroupCommit<>("numbers", LIMITS, this::doubledSlowly);
    var results = queued(groupCommit);
    goOn.countDown();

    groupCommit.close();

    assertThat(results.stream().map(CompletableFuture::join)).containsExactly(0, 2, 4, 6, 8, 10);
    assertThatThrownBy(() -> groupCommit.write(1)).isInstanceOf(TransientDataAccessException.class);
  }

  /** Once callers waited for the end of their patience. */
  @Test
  void closing_tells_those_who_wait_for_a_writer_that_is_stuck() throws Exception {
    var groupCommit = new GroupCommit<>("numbers", LIMITS, this::doubledDeafly);
    var results = queued(groupCommit);

    groupCommit.close();

    assertThat(results)
        .allSatisfy(result ->
            assertThat(result)
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("stopped before the commit"));
  }

  /** 0 is being written, 1 to 5 wait for the next batch. */
  private List<CompletableFuture<Integer>> queued(GroupCommit<Integer, Integer> groupCommit)
      throws InterruptedException {
    var results = new ArrayList<CompletableFuture<Integer>>();
    results.add(write(groupCommit, 0));
    begun.await();
    IntStream.rangeClosed(1, 5).forEach(i -> results.add(write(groupCommit, i)));
    await().until(() -> groupCommit.waiting() == 5);
    return results;
  }

  private CompletableFuture<Integer> write(GroupCommit<Integer, Integer> groupCommit, int number) {
    var before = groupCommit.waiting();
    var result = CompletableFuture.supplyAsync(() -> groupCommit.write(number), clients);
    if (number > 0 && goOn.getCount() > 0 && begun.getCount() == 0) {
      await().until(() -> groupCommit.waiting() > before || result.isDone()); // keeps their order
    }
    return result;
  }

  private List<Integer> doubled(List<Integer> batch) {
    written.add(List.copyOf(batch));
    return batch.stream().map(number -> 2 * number).toList();
  }

  private List<Integer> doubledSlowly(List<Integer> batch) {
    begun.countDown();
    awaitLatch(goOn);
    return doubled(batch);
  }

  /** As a driver that waits for an answer: it can't be interrupted. */
  private List<Integer> doubledDeafly(List<Integer> batch) {
    begun.countDown();
    answered.join();
    return doubled(batch);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
