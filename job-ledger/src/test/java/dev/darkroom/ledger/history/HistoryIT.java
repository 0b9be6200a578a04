package dev.darkroom.ledger.history;

import static dev.darkroom.ledger.history.EndingTransaction.endAndCommit;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.history.HistoryRead.EpochChanged;
import dev.darkroom.ledger.history.HistoryRead.HistoryPage;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.NewJobFixture;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HistoryIT {
  private final TestingLedger ledger = TestingLedger.empty();
  private HistoryPosition start;

  /** The numbers of earlier tests are missing, and the server may have transactions of its own. */
  @BeforeEach
  void a_reader_who_has_read_all() throws SQLException {
    endAndCommit(ledger);
    await().until(() -> read(null, 10).ends().size() == 1);
    start = read(null, 10).next();
  }

  @Test
  void an_end_is_what_the_transition_returned_for_its_event() {
    var ended = List.of(completed(), failed(), completed());

    var page = read(start, 10);

    assertThat(page.ends()).isEqualTo(ended);
    assertThat(page.complete()).isTrue();
  }

  @Test
  void steps_before_the_end_are_no_ends() {
    ledger.accept(List.of(NewJobFixture.aNewJob()));

    assertThat(read(start, 10)).isEqualTo(new HistoryPage(List.of(), start, true));
  }

  @Test
  void pages_follow_each_other_and_new_ends_come_after_the_last() throws SQLException {
    var ended = new ArrayList<RequestId>();
    for (var i = 0; i < 23; i++) {
      ended.add(endAndCommit(ledger));
    }

    var read = new ArrayList<RequestId>();
    var position = start;
    for (var size : List.of(10, 10, 3)) {
      var page = read(position, 10);
      assertThat(page.ends()).hasSize(size);
      assertThat(page.complete()).isEqualTo(size < 10);
      read.addAll(ids(page));
      position = page.next();
    }
    assertThat(read).isEqualTo(ended);

    assertThat(read(position, 10).ends()).isEmpty();
    assertThat(read(position, 10).complete()).isTrue();
    var later = endAndCommit(ledger);
    assertThat(ids(read(position, 10))).containsExactly(later);
  }

  @Test
  void nothing_beyond_a_number_that_may_still_come_is_read() throws SQLException {
    var before = endAndCommit(ledger);
    try (var late = new EndingTransaction(ledger)) {
      var lateEnd = late.end();
      var after = endAndCommit(ledger);

      var page = read(start, 10);
      assertThat(ids(page)).containsExactly(before);
      assertThat(page.complete()).isFalse();

      var again = read(page.next(), 10);
      assertThat(again.ends()).isEmpty();
      assertThat(again.complete()).isFalse();
      var muchLater = endAndCommit(ledger);
      assertThat(read(again.next(), 10).ends()).isEmpty();

      late.commit();
      var rest = read(again.next(), 10);
      assertThat(ids(rest)).containsExactly(lateEnd, after, muchLater);
      assertThat(rest.complete()).isTrue();
    }
  }

  @Test
  void numbers_that_were_rolled_back_hold_nothing_up_once_their_transactions_have_ended()
      throws SQLException {
    HistoryPage page;
    try (var failing = new EndingTransaction(ledger)) {
      failing.end();
      endAndCommit(ledger);
      page = read(start, 10);
      assertThat(page.ends()).isEmpty();
      failing.rollBack();
    }

    for (var reader : List.of(page.next(), start)) {
      await()
          .untilAsserted(() -> {
            assertThat(read(reader, 10).ends()).hasSize(1);
            assertThat(read(reader, 10).complete()).isTrue();
          });
    }
  }

  /** A snapshot knows no transaction that began after the latest one that has ended. */
  @Test
  void a_transaction_that_began_after_all_that_have_ended_is_waited_for_too() throws SQLException {
    try (var older = new EndingTransaction(ledger).begin();
        var younger = new EndingTransaction(ledger).begin()) {
      var first = younger.end();
      var second = older.end();
      older.commit();

      var page = read(start, 10);
      assertThat(page.ends()).isEmpty();
      var again = read(page.next(), 10);
      assertThat(again.ends()).isEmpty();

      younger.commit();
      assertThat(ids(read(again.next(), 10))).containsExactly(first, second);
    }
  }

  @Test
  void a_foreign_transaction_that_stays_open_delays_young_ends_only() throws SQLException {
    try (var foreign = new EndingTransaction(ledger).begin()) {
      try (var failing = new EndingTransaction(ledger)) {
        failing.end();
      }
      var end = endAndCommit(ledger);
      var page = read(start, 10);
      assertThat(page.ends()).isEmpty();
      assertThat(page.complete()).isFalse();
      assertThat(read(page.next(), 10).ends()).isEmpty();

      ledger
          .asOwner
          .sql(
              "update public.generation_logs set created_at = created_at - :age * interval '1"
                  + " second'")
          .param("age", HistoryQueries.SETTLED_AFTER.toSeconds() + 1)
          .update();

      assertThat(ids(read(page.next(), 10))).containsExactly(end);
      foreign.rollBack();
    }
  }

  @Test
  void an_open_transaction_with_no_number_in_between_delays_nothing() throws SQLException {
    try (var foreign = new EndingTransaction(ledger).begin()) {
      var end = endAndCommit(ledger);
      var other = endAndCommit(ledger);

      assertThat(ids(read(start, 1))).containsExactly(end);
      var page = read(start, 10);
      assertThat(ids(page)).containsExactly(end, other);
      assertThat(page.complete()).isTrue();
      foreign.rollBack();
    }
  }

  @Test
  void whatever_order_transactions_commit_in_a_reader_gets_every_end_once_and_in_order()
      throws Exception {
    var writers = 8;
    var finished = new AtomicInteger();
    var read = new ArrayList<RequestId>();
    new Race<Integer>()
        .against(
            writers,
            () -> {
              for (var i = 0; i < 40; i++) {
                endSome();
              }
              return finished.incrementAndGet();
            })
        .add(
            1,
            () -> {
              var position = start;
              while (true) {
                var all = finished.get() == writers;
                var page = read(position, 7);
                read.addAll(ids(page));
                if (all && page.complete()) {
                  return read.size();
                }
                position = page.next();
              }
            })
        .run();

    assertThat(read)
        .containsExactlyElementsOf(
            ledger
                .asOwner
                .sql(
                    "select request_id from public.generation_logs where seq > :start order by seq")
                .param("start", start.seq())
                .query((row, _) -> new RequestId(row.getObject(1, UUID.class)))
                .list());
  }

  /** One of four transactions is rolled back. */
  private void endSome() throws SQLException {
    var random = ThreadLocalRandom.current();
    try (var transaction = new EndingTransaction(ledger)) {
      for (var i = random.nextInt(3); i >= 0; i--) {
        transaction.end();
      }
      if (random.nextInt(4) > 0) {
        transaction.commit();
      }
    }
  }

  @Test
  void a_job_that_was_deleted_is_left_out() throws SQLException {
    var deleted = List.of(endAndCommit(ledger), endAndCommit(ledger));
    var kept = endAndCommit(ledger);
    for (var id : deleted) {
      ledger
          .asOwner
          .sql("delete from public.generation_jobs where request_id = :id")
          .param("id", id.value())
          .update();
    }

    var page = read(start, 1);
    assertThat(page.ends()).isEmpty();
    assertThat(page.complete()).isFalse();
    assertThat(ids(read(page.next(), 1))).containsExactly(kept);
    assertThat(ids(read(start, 10))).containsExactly(kept);
  }

  @Test
  void a_page_of_large_events_is_short_and_leads_on() throws SQLException {
    for (var i = 0; i < 60; i++) {
      endAndCommit(ledger);
    }
    ledger
        .asOwner
        .sql("update public.generation_jobs set error_message = repeat('no ', 20000)")
        .update();

    var page = read(start, 100);

    assertThat(page.ends()).hasSizeBetween(5, 30);
    assertThat(page.complete()).isFalse();
    assertThat(read(page.next(), 100).ends()).isNotEmpty();
  }

  @Test
  void a_position_of_another_epoch_is_refused() throws SQLException {
    endAndCommit(ledger);
    var position = read(start, 10).next();
    ledger.asOwner.sql("update public.generation_epoch set value = gen_random_uuid()").update();

    assertThat(ledger.historyQueries.read(Optional.of(position), Visibility.ALL, 10))
        .isEqualTo(new EpochChanged(ledger.ledgerEpoch.current()));
    assertThat(read(null, 10).next().epoch()).isEqualTo(ledger.ledgerEpoch.current());
  }

  @Test
  void a_position_that_the_log_has_not_reached_is_refused() throws SQLException {
    endAndCommit(ledger);
    endAndCommit(ledger);
    var position = read(start, 10).next();
    ledger
        .asOwner
        .sql("delete from public.generation_logs where seq = :seq")
        .param("seq", position.seq())
        .update();

    assertThat(ledger.historyQueries.read(Optional.of(position), Visibility.ALL, 10))
        .isInstanceOf(EpochChanged.class);
  }

  private HistoryPage read(@Nullable HistoryPosition after, int limit) {
    return (HistoryPage)
        ledger.historyQueries.read(Optional.ofNullable(after), Visibility.ALL, limit);
  }

  private static List<RequestId> ids(HistoryPage page) {
    return page.ends().stream().map(end -> end.event().requestId()).toList();
  }

  private FinishedJob completed() {
    return ledger.outcomeStore.completeIfCurrent(claimed(), PICTURE, Map.of()).orElseThrow();
  }

  private FinishedJob failed() {
    return ledger
        .outcomeStore
        .failIfCurrent(claimed(), Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of())
        .orElseThrow();
  }

  private Attempt claimed() {
    var job = NewJobFixture.aNewJob();
    ledger.accept(List.of(job));
    return ledger.claim(WORKER, Duration.ofSeconds(30), List.of(job.id())).getFirst().attempt();
  }
}
