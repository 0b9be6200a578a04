package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.TestingLedger;
import dev.darkroom.ledger.horizon.SettledHorizon;
import dev.darkroom.model.JobStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CountLogsIT {
  private static final LogFilter ALL = new LogFilter(null, null, null);
  private static final List<LogFilter> FILTERS =
      List.of(
          ALL,
          new LogFilter(null, JobStatus.FAILED, null),
          new LogFilter(null, null, "user-1"),
          new LogFilter(null, JobStatus.STARTED, "user-2"),
          new LogFilter(null, null, "nobody"));
  private static final Duration NEVER = Duration.ofDays(30);

  private final TestingLedger ledger = TestingLedger.empty();

  @Test
  void a_count_in_slices_is_the_whole_count() {
    write(1_000, "2 days", "1 s");
    write(500, "1 day", "0 s"); // more than a slice of the same time
    write(7, "0 s", "0 s");
    var counts = counts(NEVER, SettledHorizon.MARGIN, 64);

    FILTERS.forEach(filter -> assertThat(counts.count(filter)).isEqualTo(really(filter)));
    write(5, "0 s", "0 s");
    FILTERS.forEach(filter -> assertThat(counts.count(filter)).isEqualTo(really(filter)));
  }

  @Test
  void a_row_of_a_transaction_that_commits_late_is_not_missed() throws SQLException {
    write(10, "1 day", "1 s");
    var counts = counts(NEVER, Duration.ofMillis(50), 1_000);
    assertThat(counts.count(ALL)).isEqualTo(10);

    try (var late = lateWriter()) {
      insertThree(late);
      await() // much longer than the margin
          .during(Duration.ofMillis(500))
          .until(() -> counts.count(ALL) == 10);
      late.commit();
    }
    assertThat(counts.count(ALL)).isEqualTo(13);
  }

  @Test
  void while_many_write_and_commit_late_a_count_never_falls_and_is_exact_in_the_end()
      throws Exception {
    // Commits come up to 1.2 s after the row's time, which only the transactions' numbers tell. The
    // margin is for a writer that is held up between its beginning and its insert.
    var counts = counts(NEVER, Duration.ofMillis(400), 100);
    var writing = new AtomicBoolean(true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers = new ArrayList<Future<Integer>>();
      for (var i = 0; i < 6; i++) {
        writers.add(threads.submit(() -> writeUntil(writing)));
      }
      var readers = new ArrayList<Future<Long>>();
      for (var filter : FILTERS) {
        readers.add(threads.submit(countWhile(writing, counts, filter)));
      }
      await().during(Duration.ofSeconds(3)).until(() -> true);
      writing.set(false);
      var written = 0;
      for (var writer : writers) {
        written += writer.get();
      }
      for (var reader : readers) {
        assertThat(reader.get()).as("counts made meanwhile").isGreaterThan(10);
      }
      assertThat(counts.count(ALL)).isEqualTo(written).isPositive();
    }
    FILTERS.forEach(filter -> assertThat(counts.count(filter)).isEqualTo(really(filter)));
  }

  @Test
  void rows_that_were_deleted_by_hand_are_noticed_by_the_next_recount() {
    write(20, "1 day", "1 s");
    var counts = counts(Duration.ofMillis(100), SettledHorizon.MARGIN, 1_000);
    assertThat(counts.count(ALL)).isEqualTo(20);

    ledger.asOwner.sql("delete from public.generation_logs where user_id = 'user-1'").update();
    await().until(() -> counts.count(ALL) == really(ALL));
  }

  /** Each count is at least the one before. */
  private static Callable<Long> countWhile(
      AtomicBoolean writing, CountLogs counts, LogFilter filter) {
    return () -> {
      long made = 0;
      long last = 0;
      while (writing.get()) {
        var count = counts.count(filter);
        assertThat(count).isGreaterThanOrEqualTo(last);
        last = count;
        made++;
      }
      return made;
    };
  }

  private int writeUntil(AtomicBoolean writing) throws SQLException {
    var written = 0;
    try (var writer = lateWriter();
        var linger = writer.prepareStatement("select pg_sleep(random() * 1.2)")) {
      while (writing.get()) {
        written += insertThree(writer);
        linger.execute();
        writer.commit();
      }
    }
    return written;
  }

  private Connection lateWriter() throws SQLException {
    var connection = ledger.database.asApplication().getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private static int insertThree(Connection writer) throws SQLException {
    try (var insert =
        writer.prepareStatement(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step)
            select gen_random_uuid(), 'user-' || n, 'a fox', case n when 1 then 'failed' else 'started' end, 'a step'
            from generate_series(1, 3) as n
            """)) {
      return insert.executeUpdate();
    }
  }

  private CountLogs counts(Duration recountAfter, Duration margin, long slice) {
    return new CountLogs(ledger.asApplication, recountAfter, slice, margin);
  }

  private long really(LogFilter filter) {
    return LogParameters.matching(
            ledger.asOwner.sql(
                """
                select count(*) from public.generation_logs
                where (:status::text is null or status = :status) and (:userId::text is null or user_id = :userId)
                """),
            filter)
        .query(Long.class)
        .single();
  }

  private void write(int rows, String ago, String apart) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select gen_random_uuid(), 'user-' || n % 3, 'a fox', case n % 4 when 0 then 'failed' else 'started' end,
              'a step', now() - :ago::interval + n * :apart::interval
            from generate_series(1, :rows) as n
            """)
        .param("rows", rows)
        .param("ago", ago)
        .param("apart", apart)
        .update();
  }
}
