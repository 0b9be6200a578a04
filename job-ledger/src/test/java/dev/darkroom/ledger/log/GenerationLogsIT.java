package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GenerationLogsIT {
  private static final LogFilter ALL = new LogFilter(null, null, null);

  private final TestingLedger ledger = TestingLedger.empty();
  private final RequestId first = new RequestId(UUID.randomUUID());
  private final RequestId second = new RequestId(UUID.randomUUID());

  @BeforeEach
  void rows_as_the_service_before_wrote_them() {
    write(first, "ada", "started", "one", "2026-11-22T12:00:00.000001Z", null);
    write(second, "bob", "started", "two", "2026-11-22T12:00:01Z", "{\"imageSize\": \"original\"}");
    write(first, "ada", "failed", "three", "2026-11-22T12:00:02Z", "[1, \"x\"]");
    write(second, "bob", "completed", "four", "2026-11-22T12:00:02Z", "null");
  }

  @Test
  void the_newest_step_comes_first_and_of_two_at_the_same_time_the_one_written_last() {
    var page = ledger.generationLogs.page(ALL, 50, 0);

    assertThat(page.logs())
        .extracting(LogEntry::step)
        .containsExactly("four", "three", "two", "one");
    assertThat(page.count()).isEqualTo(4);
    assertThat(page.logs().getLast().createdAt())
        .isEqualTo(Instant.parse("2026-11-22T12:00:00.000001Z"));
  }

  @Test
  void a_page_has_its_place_and_its_size_and_counts_all_pages() {
    var page = ledger.generationLogs.page(ALL, 2, 1);

    assertThat(page.logs()).extracting(LogEntry::step).containsExactly("three", "two");
    assertThat(page.count()).isEqualTo(4);
    assertThat(ledger.generationLogs.page(ALL, 50, 9)).isEqualTo(new LogPage(List.of(), 4));
  }

  @Test
  void each_filter_narrows_the_page_and_the_count() {
    assertThat(steps(new LogFilter(first, null, null))).containsExactly("three", "one");
    assertThat(steps(new LogFilter(null, JobStatus.STARTED, null))).containsExactly("two", "one");
    assertThat(steps(new LogFilter(null, null, "bob"))).containsExactly("four", "two");
    assertThat(steps(new LogFilter(second, JobStatus.COMPLETED, "bob"))).containsExactly("four");
    assertThat(steps(new LogFilter(second, null, "ada"))).isEmpty();
    assertThat(ledger.generationLogs.page(new LogFilter(first, null, null), 1, 0).count())
        .isEqualTo(2);
  }

  @Test
  void filters_answer_the_same_once_the_server_has_prepared_them() {
    for (var i = 0; i < 12; i++) {
      assertThat(steps(ALL)).hasSize(4);
      assertThat(steps(new LogFilter(second, JobStatus.COMPLETED, "bob"))).containsExactly("four");
    }
  }

  @Test
  void a_page_of_large_rows_is_short_and_names_the_place_where_the_log_goes_on() {
    writeLarge("eve", 500);
    var filter = new LogFilter(null, null, "eve");

    var page = ledger.generationLogs.page(filter, 500, 0);
    assertThat(page.logs()).hasSizeBetween(20, 100);
    assertThat(page.count()).isEqualTo(500);

    var seen = new ArrayList<>(page.logs());
    var byPlace = page;
    while (byPlace.next() != null) {
      byPlace = ledger.generationLogs.page(filter, 500, byPlace.next());
      seen.addAll(byPlace.logs());
    }
    assertThat(seen).hasSize(500).doesNotHaveDuplicates();
    assertThat(ledger.generationLogs.page(filter, 500, page.logs().size()).logs())
        .isEqualTo(seen.subList(page.logs().size(), 2 * page.logs().size()));
    assertThat(
            ledger
                .generationLogs
                .page(
                    new LogFilter(
                        null, null, "eve", TimeRange.ALWAYS, new PromptText("\uD83D\uDE00")),
                    500,
                    0)
                .logs())
        .hasSameSizeAs(page.logs());
  }

  @Test
  void more_rows_than_anybody_looks_at_are_not_counted() {
    writeLarge("eve", 3);
    var counts = new CountLogs(ledger.asApplication, 2);
    assertThat(counts.count(new LogFilter(null, null, "eve")))
        .isEqualTo(new CountLogs.RowCount(2, true));
    assertThat(counts.count(new LogFilter(null, null, "bob")))
        .isEqualTo(new CountLogs.RowCount(2, false));
    assertThat(counts.count(new LogFilter(first, null, null)))
        .isEqualTo(new CountLogs.RowCount(2, false));
    assertThat(counts.count(new LogFilter(null, JobStatus.STARTED, "bob")))
        .isEqualTo(new CountLogs.RowCount(1, false));
    assertThat(counts.count(ALL)).isEqualTo(new CountLogs.RowCount(2, true));
  }

  private void writeLarge(String user, int rows) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details)
            select gen_random_uuid(), :user, repeat(:smile, 2000), 'processing', 'step ' || n,
              jsonb_build_object('n', n, 'parameters', jsonb_build_object('prompt', repeat(:smile, 2000)))
            from generate_series(1, :rows) as n
            """)
        .param("user", user)
        .param("smile", "\uD83D\uDE00")
        .param("rows", rows)
        .update();
  }

  @Test
  void pages_deep_in_the_log_follow_each_other_without_a_gap() {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select gen_random_uuid(), 'eve', 'a lighthouse', 'failed', 'step ' || n,
              timestamptz '2026-11-23T12:00:00Z' + n / 7 * interval '1 s'
            from generate_series(1, 10500) as n
            """)
        .update();
    for (var filter :
        List.of(
            ALL,
            new LogFilter(null, JobStatus.FAILED, null),
            new LogFilter(null, null, "eve"),
            new LogFilter(null, JobStatus.FAILED, "eve"))) {
      var numbers =
          Stream.of(9_990, 10_000, 10_010, 10_020, 10_030)
              .flatMap(offset -> ledger.generationLogs.page(filter, 10, offset).logs().stream())
              .map(LogEntry::step)
              .toList();
      assertThat(numbers)
          .containsExactlyElementsOf(
              IntStream.range(0, 50).mapToObj(i -> "step " + (510 - i)).toList());
    }
  }

  @Test
  void details_of_any_shape_can_be_read() {
    assertThat(ledger.generationLogs.page(ALL, 50, 0).logs())
        .extracting(LogEntry::details)
        .containsExactly(
            null, Map.of("value", List.of(1, "x")), Map.of("imageSize", "original"), null);
  }

  private List<String> steps(LogFilter filter) {
    var page = ledger.generationLogs.page(filter, 50, 0);
    assertThat(page.count()).isEqualTo(page.logs().size());
    return page.logs().stream().map(LogEntry::step).toList();
  }

  private void write(
      RequestId id, String user, String status, String step, String at, @Nullable String details) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at, details)
            values (:id, :user, 'a lighthouse', :status, :step, :at::timestamptz, :details::jsonb)
            """)
        .param("id", id.value())
        .param("user", user)
        .param("status", status)
        .param("step", step)
        .param("at", at)
        .param("details", details)
        .update();
  }
}
