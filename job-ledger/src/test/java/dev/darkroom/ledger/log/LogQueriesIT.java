package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.log.LogQueries.LogCount;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogQueriesIT {
  private static final LogFilter ALL = new LogFilter(null, null, null, null, null, null);

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
    var entries = ledger.logQueries.page(LogPosition.START, ALL, Visibility.ALL, 50, 0).entries();

    assertThat(entries).extracting(LogEntry::step).containsExactly("four", "three", "two", "one");
    assertThat(entries.getLast().createdAt())
        .isEqualTo(Instant.parse("2026-11-22T12:00:00.000001Z"));
  }

  @Test
  void an_offset_skips_rows_and_a_count_covers_all_pages() {
    assertThat(ledger.logQueries.page(LogPosition.START, ALL, Visibility.ALL, 2, 1).entries())
        .extracting(LogEntry::step)
        .containsExactly("three", "two");
    assertThat(ledger.logQueries.count(ALL, Visibility.ALL)).isEqualTo(new LogCount(4, false));
    assertThat(ledger.logQueries.page(LogPosition.START, ALL, Visibility.ALL, 50, 9))
        .isEqualTo(new LogSlice(List.of(), null));
  }

  @Test
  void each_filter_narrows_the_page_and_the_count() {
    assertThat(steps(new LogFilter(first, null, null, null, null, null)))
        .containsExactly("three", "one");
    assertThat(steps(new LogFilter(null, JobStatus.STARTED, null, null, null, null)))
        .containsExactly("two", "one");
    assertThat(steps(new LogFilter(null, null, "bob", null, null, null)))
        .containsExactly("four", "two");
    assertThat(steps(new LogFilter(second, JobStatus.COMPLETED, "bob", null, null, null)))
        .containsExactly("four");
    assertThat(steps(new LogFilter(second, null, "ada", null, null, null))).isEmpty();
  }

  @Test
  void filters_answer_the_same_once_the_server_has_prepared_them() {
    for (var i = 0; i < 12; i++) {
      assertThat(steps(ALL)).hasSize(4);
      assertThat(steps(new LogFilter(second, JobStatus.COMPLETED, "bob", null, null, null)))
          .containsExactly("four");
    }
  }

  @Test
  void a_page_of_large_rows_is_short_and_names_the_position_where_the_log_goes_on() {
    writeLarge("eve", 500);
    var filter = new LogFilter(null, null, "eve", null, null, null);

    var slice = ledger.logQueries.page(LogPosition.START, filter, Visibility.ALL, 500, 0);
    var size = slice.entries().size();
    assertThat(size).isBetween(20, 100);

    var seen = new ArrayList<>(slice.entries());
    while (slice.next() != null) {
      slice = ledger.logQueries.page(slice.next(), filter, Visibility.ALL, 500, 0);
      seen.addAll(slice.entries());
    }
    assertThat(seen).hasSize(500).doesNotHaveDuplicates();
    assertThat(
            ledger.logQueries.page(LogPosition.START, filter, Visibility.ALL, 500, size).entries())
        .isEqualTo(seen.subList(size, 2 * size));
    var search = new LogFilter(null, null, "eve", null, null, "\uD83D\uDE00");
    assertThat(ledger.logQueries.page(LogPosition.START, search, Visibility.ALL, 500, 0).entries())
        .hasSize(size);
  }

  @Test
  void rows_are_counted_up_to_a_limit() {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step)
            select gen_random_uuid(), 'eve', 'a lighthouse', 'processing', 'step ' || n
            from generate_series(1, 100001) as n
            """)
        .update();
    var logs = ledger.logQueries;
    assertThat(logs.count(new LogFilter(null, null, "eve", null, null, null), Visibility.ALL))
        .isEqualTo(new LogCount(100_000, true));
    assertThat(logs.count(ALL, Visibility.ALL)).isEqualTo(new LogCount(100_000, true));
    assertThat(logs.count(new LogFilter(null, null, "bob", null, null, null), Visibility.ALL))
        .isEqualTo(new LogCount(2, false));
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
  void details_of_any_shape_can_be_read() {
    assertThat(ledger.logQueries.page(LogPosition.START, ALL, Visibility.ALL, 50, 0).entries())
        .extracting(LogEntry::details)
        .containsExactly(
            null, Map.of("value", List.of(1, "x")), Map.of("imageSize", "original"), null);
  }

  private List<String> steps(LogFilter filter) {
    var entries =
        ledger.logQueries.page(LogPosition.START, filter, Visibility.ALL, 50, 0).entries();
    assertThat(ledger.logQueries.count(filter, Visibility.ALL))
        .isEqualTo(new LogCount(entries.size(), false));
    return entries.stream().map(LogEntry::step).toList();
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
