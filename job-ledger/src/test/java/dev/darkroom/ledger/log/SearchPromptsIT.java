package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.ExplainingDataSource;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.model.JobStatus;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In more rows than are looked through at once, with words of all frequencies. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SearchPromptsIT {
  private static final int REQUESTS = 12_000;
  private static final TestingDatabase INDEXED = TestingDatabase.migrated();
  private static final TestingDatabase HALF_INDEXED = TestingDatabase.migrated();
  private static final TestingDatabase WITHOUT_INDEX = TestingDatabase.migrated();
  private static final DataSource POOL = TestingLedger.pool(INDEXED, 2);
  private static final DataSource POOL_OF_HALF = TestingLedger.pool(HALF_INDEXED, 2);
  private static final DataSource POOL_WITHOUT_INDEX = TestingLedger.pool(WITHOUT_INDEX, 2);

  @BeforeAll
  static void more_rows_than_a_window_holds() {
    for (var database : List.of(INDEXED, HALF_INDEXED, WITHOUT_INDEX)) {
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
      database.client().sql("analyze public.generation_logs").update();
    }
    WITHOUT_INDEX.client().sql("drop index public.idx_generation_prompts_prompt").update();
    var copied = new TestingLedger(INDEXED, POOL).indexPrompts.copySettled(REQUESTS);
    var copiedOfHalf =
        new TestingLedger(HALF_INDEXED, POOL_OF_HALF).indexPrompts.copySettled(REQUESTS / 2);
    assertThat(copied).isEqualTo(REQUESTS);
    assertThat(copiedOfHalf).isEqualTo(REQUESTS / 2);
    INDEXED.client().sql("vacuum analyze public.generation_prompts").update();
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
    " 6000, 2",
    " 6001, 2",
    " 7777, 2",
    "nowhere, 0"
  })
  void pages_lead_to_all_rows_with_an_index_or_without(String text, int rows) {
    for (var database : List.of(INDEXED, HALF_INDEXED, WITHOUT_INDEX)) {
      var logs = logsOf(database);
      var pages = new ArrayList<LogPage>();
      for (var place = LogPlace.START; place != null; place = pages.getLast().next()) {
        pages.add(logs.page(filter(null, null, text), 500, place));
      }
      assertThat(pages.stream().flatMap(page -> page.logs().stream()).map(LogEntry::id))
          .hasSize(rows)
          .doesNotHaveDuplicates();
      assertThat(pages)
          .allSatisfy(page ->
              assertThat(page.count())
                  .satisfies(count -> {
                    if (page.countLimited()) {
                      assertThat(count).isLessThanOrEqualTo(rows);
                    } else {
                      assertThat(count).isEqualTo(rows);
                    }
                  }));
    }
  }

  @Test
  void what_few_prompts_hold_is_on_the_first_page_however_old_and_counted_exactly() {
    for (var database : List.of(INDEXED, HALF_INDEXED)) {
      var page = logsOf(database).page(filter(null, null, "first"), 50, 0);

      assertThat(page.logs()).hasSize(50);
      assertThat(page.count()).isEqualTo(98);
      assertThat(page.countLimited()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ÄÖÜ 5999", "hundredth 6000", "lighthouse 6001", "lighthouse 7777"})
  void what_is_not_copied_to_the_index_yet_is_found_all_the_same(String text) {
    for (var database : List.of(INDEXED, HALF_INDEXED)) {
      var page = logsOf(database).page(filter(null, null, text), 50, 0);

      assertThat(page.logs()).hasSize(2);
      assertThat(page.count()).isEqualTo(2);
      assertThat(page.countLimited()).isFalse();
      assertThat(page.next()).isNull();
    }
  }

  @Test
  void without_an_index_a_page_says_how_far_it_looked() {
    var page = logsOf(WITHOUT_INDEX).page(filter(null, null, "first"), 50, 0);

    assertThat(page.logs()).isEmpty();
    assertThat(page.next()).isNotNull();
    assertThat(page.countLimited()).isTrue();
  }

  @Test
  void the_other_filters_hold_for_what_an_index_finds() {
    var logs = logsOf(INDEXED);
    assertThat(logs.page(filter(JobStatus.COMPLETED, null, "first"), 500, 0).count()).isEqualTo(49);
    assertThat(logs.page(filter(null, "user-1", "first"), 500, 0).count()).isEqualTo(50);
    assertThat(logs.page(filter(JobStatus.STARTED, "user-0", "first"), 500, 0).logs()).hasSize(24);
    assertThat(logs.page(filter(JobStatus.FAILED, null, "first"), 500, 0).count()).isZero();
  }

  @Test
  void what_few_prompts_hold_is_looked_up_and_nothing_is_read_that_is_not_asked_for() {
    var watched = new ExplainingDataSource(INDEXED.asApplication());
    var logs = new TestingLedger(INDEXED, watched).generationLogs;
    logs.page(filter(null, null, "first"), 50, 0);

    assertThat(watched.plan())
        .contains("Bitmap Index Scan on idx_generation_prompts_prompt")
        .contains("using generation_prompts_pkey")
        .contains("Index Scan Backward using idx_generation_logs_created_at")
        .contains("idx_generation_logs_request_id")
        .doesNotContain("Seq Scan on generation_logs");
  }

  private static GenerationLogs logsOf(TestingDatabase database) {
    var pool =
        database.equals(INDEXED)
            ? POOL
            : database.equals(HALF_INDEXED) ? POOL_OF_HALF : POOL_WITHOUT_INDEX;
    return new TestingLedger(database, pool).generationLogs;
  }

  private static LogFilter filter(@Nullable JobStatus status, @Nullable String user, String text) {
    return new LogFilter(null, status, user, TimeRange.ALWAYS, new PromptText(text));
  }
}
