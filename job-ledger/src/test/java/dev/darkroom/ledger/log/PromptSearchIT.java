package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.ExplainingDataSource;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.log.LogQueries.LogCount;
import dev.darkroom.model.JobStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In more rows than one scan reads, without an index of prompts and with one made by hand. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PromptSearchIT {
  private static final int REQUESTS = 12_000;
  private static final TestingDatabase SCANNED = TestingDatabase.migrated();
  private static final TestingDatabase INDEXED = TestingDatabase.migrated();
  private static final LogQueries SCANS = logsOf(SCANNED);
  private static final LogQueries INDEX_SEARCHES = logsOf(INDEXED);

  @BeforeAll
  static void more_rows_than_one_scan_reads() {
    for (var database : List.of(SCANNED, INDEXED)) {
      database
          .client()
          .sql(
              """
              insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
              select request.id, 'user-' || n % 2,
                'a lighthouse ' || case when n % 100 = 0 then 'hundredth ' else '' end
                  || case when n < 50 then 'first ' else '' end
                  || case when n < 6000 then 'old ÄÖÜ ' else '' end || n,
                status, 'a step', timestamptz '2026-01-01' + n * interval '1 s'
              from (select n, gen_random_uuid() as id from generate_series(1, :requests) as n) as request,
                (values ('started'), ('completed')) as step (status)
              """)
          .param("requests", REQUESTS)
          .update();
    }
    INDEXED.client().sql("create extension if not exists pg_trgm").update();
    INDEXED
        .client()
        .sql(
            """
            create index concurrently idx_generation_logs_prompt
              on public.generation_logs using gin (prompt gin_trgm_ops)
            """)
        .update();
    SCANNED.client().sql("analyze public.generation_logs").update();
    INDEXED.client().sql("vacuum analyze public.generation_logs").update();
  }

  @ParameterizedTest
  @CsvSource({
    "lighthouse, 24000",
    "HUNDREDTH, 240",
    "first, 98",
    "old, 11998",
    "äöü, 11998",
    "ol, 11998",
    "11999, 2",
    "' 6000', 2",
    "' 7777', 2",
    "nowhere, 0"
  })
  void pages_lead_to_all_rows(String text, int rows) {
    for (var logs : List.of(SCANS, INDEX_SEARCHES)) {
      var filter = filter(null, null, text);
      var entries = new ArrayList<LogEntry>();
      for (var position = LogPosition.START; position != null; ) {
        var slice = logs.page(position, filter, Visibility.ALL, 500, 0);
        entries.addAll(slice.entries());
        position = slice.next();
      }
      assertThat(entries).hasSize(rows).doesNotHaveDuplicates();
      assertThat(logs.count(filter, Visibility.ALL).rows()).isLessThanOrEqualTo(rows);
    }
  }

  @Test
  void a_scan_ends_after_its_share_of_rows_and_says_where_the_next_one_goes_on() {
    var slice = SCANS.page(LogPosition.START, filter(null, null, "first"), Visibility.ALL, 50, 0);

    assertThat(slice.entries()).isEmpty();
    assertThat(slice.next()).isNotNull();
    assertThat(SCANS.count(filter(null, null, "first"), Visibility.ALL))
        .isEqualTo(new LogCount(0, true));
  }

  @Test
  void the_other_filters_hold_for_a_text_that_is_looked_up_in_an_index() {
    var logs = INDEX_SEARCHES;
    assertThat(
            logs.page(LogPosition.START, filter(null, null, "first"), Visibility.ALL, 50, 0)
                .entries())
        .hasSize(50);
    assertThat(
            logs.page(
                    LogPosition.START,
                    filter(JobStatus.COMPLETED, null, "first"),
                    Visibility.ALL,
                    500,
                    0)
                .entries())
        .hasSize(49);
    assertThat(
            logs.page(LogPosition.START, filter(null, "user-1", "first"), Visibility.ALL, 500, 0)
                .entries())
        .hasSize(50);
    assertThat(
            logs.page(
                    LogPosition.START,
                    filter(JobStatus.STARTED, "user-0", "first"),
                    Visibility.ALL,
                    500,
                    0)
                .entries())
        .hasSize(24);
    assertThat(
            logs.page(
                LogPosition.START, filter(JobStatus.FAILED, null, "first"), Visibility.ALL, 500, 0))
        .isEqualTo(new LogSlice(List.of(), null));
  }

  @Test
  void a_rare_text_is_looked_up_in_an_index_that_an_operator_created() {
    var watched = new ExplainingDataSource(INDEXED.asApplication());
    var logs = new TestingLedger(INDEXED, watched).logQueries;

    logs.page(LogPosition.START, filter(null, null, "nowhere"), Visibility.ALL, 50, 0);
    assertThat(watched.plan())
        .contains("Bitmap Index Scan on idx_generation_logs_prompt")
        .doesNotContain("Seq Scan on generation_logs");

    logs.page(LogPosition.START, filter(null, null, "lighthouse"), Visibility.ALL, 50, 0);
    assertThat(watched.plan()).doesNotContain("idx_generation_logs_prompt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ol", "d ÄÖ", "%%%%", "🦊🦊🦊"})
  void an_index_is_not_asked_for_a_text_without_a_trigram(String text) {
    var watched = new ExplainingDataSource(INDEXED.asApplication());
    var logs = new TestingLedger(INDEXED, watched).logQueries;

    assertThat(logs.page(LogPosition.START, filter(null, null, text), Visibility.ALL, 50, 0).next())
        .isNotNull();

    assertThat(watched.plan())
        .isNotEmpty()
        .doesNotContain("pg_index", "idx_generation_logs_prompt");
  }

  @Test
  void a_reader_of_all_rows_finds_them_by_scans_alone() {
    var watched = new ExplainingDataSource(INDEXED.asApplication());
    var logs = new TestingLedger(INDEXED, watched).logQueries;
    var filter = filter(null, null, "first");

    var entries = new ArrayList<LogEntry>();
    for (var position = LogPosition.START; position != null; ) {
      var slice = logs.scan(position, filter, Visibility.ALL, 40);
      entries.addAll(slice.entries());
      position = slice.next();
    }

    assertThat(entries).hasSize(98).doesNotHaveDuplicates();
    assertThat(watched.plan()).doesNotContain("pg_index", "idx_generation_logs_prompt");
  }

  private static LogQueries logsOf(TestingDatabase database) {
    return new TestingLedger(database, TestingLedger.pool(database, 2)).logQueries;
  }

  private static LogFilter filter(@Nullable JobStatus status, @Nullable String user, String text) {
    return new LogFilter(null, status, user, null, null, text);
  }
}
