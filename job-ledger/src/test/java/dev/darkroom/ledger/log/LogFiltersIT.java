package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Every filter with every other, against a search in Java over the same rows. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LogFiltersIT {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final List<JobStatus> STATUSES = List.of(JobStatus.values());
  private static final LogFilter ALL = new LogFilter(null, null, null, null, null, null);
  private static final List<String> WORDS =
      List.of("fox", "FOX", "Öl", "öL", "100%", "a_b", "a\\b", "🦊", "猫カフェ", "naïve", "axb", "'--");

  private final Random random = new Random(7);
  private final TestingLedger ledger = TestingLedger.empty();
  private List<LogEntry> rows = List.of();

  @BeforeEach
  void two_hundred_requests_many_at_the_same_moment() {
    for (var i = 0; i < 200; i++) {
      var prompt = "picture %d of %s %s".formatted(i % 7, aWord(), aWord());
      write(
          new RequestId(UUID.randomUUID()),
          "user-" + random.nextInt(4),
          prompt,
          NOON.plusMillis(random.nextInt(40)));
    }
    rows = all();
  }

  @Test
  void all_filters_together_find_what_a_search_by_hand_finds_page_by_page() {
    for (var i = 0; i < 200; i++) {
      var filter = aFilter();
      var expected = expected(filter);
      assertThat(walk(filter, 5 + random.nextInt(60))).as("%s", filter).isEqualTo(expected);
      assertThat(ledger.logQueries.count(filter, Visibility.ALL))
          .as("%s", filter)
          .isEqualTo(new LogQueries.LogCount(expected.size(), false));
      if (filter.text() == null) {
        assertThat(
                ledger.logQueries.page(LogPosition.START, filter, Visibility.ALL, 7, 3).entries())
            .as("%s", filter)
            .isEqualTo(expected.stream().skip(3).limit(7).toList());
      }
    }
  }

  @Test
  void the_last_page_has_no_next_and_a_full_one_before_it_has() {
    var first = ledger.logQueries.page(LogPosition.START, ALL, Visibility.ALL, rows.size() - 1, 0);
    assertThat(
            ledger
                .logQueries
                .page(Objects.requireNonNull(first.next()), ALL, Visibility.ALL, 10, 0)
                .next())
        .isNull();
    assertThat(
            ledger.logQueries.page(LogPosition.START, ALL, Visibility.ALL, rows.size(), 0).next())
        .isNull();
  }

  @Test
  void pages_neither_skip_nor_repeat_a_row_while_rows_are_added() {
    var seen = new ArrayList<LogEntry>();
    var position = LogPosition.START;
    while (position != null) {
      var slice = ledger.logQueries.page(position, ALL, Visibility.ALL, 37, 0);
      seen.addAll(slice.entries());
      position = slice.next();
      // newer than all, and in the middle, as by a commit that came late
      write(new RequestId(UUID.randomUUID()), "late", "a late fox", NOON.plusSeconds(9));
      write(new RequestId(UUID.randomUUID()), "late", "a late fox", NOON.plusMillis(20));
    }
    assertThat(seen.stream().filter(log -> !log.userId().equals("late")))
        .containsExactlyElementsOf(rows);
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void no_character_of_a_text_stands_for_anything_but_itself() {
    assertThat(prompts("a_b")).isNotEmpty().allMatch(prompt -> prompt.contains("a_b"));
    assertThat(prompts("a\\b")).isNotEmpty().allMatch(prompt -> prompt.contains("a\\b"));
    assertThat(prompts("0%")).isNotEmpty().allMatch(prompt -> prompt.contains("100%"));
    assertThat(prompts("%%")).isEmpty();
    assertThat(prompts("__")).isEmpty();
    assertThat(prompts("\\\\")).isEmpty();
  }

  @Test
  void capitals_of_any_alphabet_are_found_by_small_letters_and_the_other_way_round() {
    assertThat(prompts("öl")).isEqualTo(prompts("ÖL")).isNotEmpty();
    assertThat(prompts("NAÏVE")).isEqualTo(prompts("naïve")).isNotEmpty();
    assertThat(prompts("🦊 ")).isNotEmpty();
    assertThat(prompts("猫カ")).isNotEmpty();
  }

  @Test
  void a_range_begins_with_its_first_microsecond_and_ends_before_its_last() {
    var at = NOON.plusMillis(7);
    assertThat(walk(between(at, at.plusNanos(1_000)), 50))
        .isNotEmpty()
        .allMatch(log -> log.createdAt().equals(at));
    assertThat(walk(between(at.plusNanos(1), at.plusNanos(1_000)), 50)).isEmpty();
    assertThat(walk(between(at.plusNanos(1), at.plusNanos(2)), 50)).isEmpty();
  }

  private static LogFilter between(Instant since, Instant until) {
    return new LogFilter(null, null, null, since, until, null);
  }

  private List<String> prompts(String text) {
    return walk(new LogFilter(null, null, null, null, null, text), 50).stream()
        .map(LogEntry::prompt)
        .toList();
  }

  private List<LogEntry> walk(LogFilter filter, int limit) {
    var entries = new ArrayList<LogEntry>();
    var position = LogPosition.START;
    while (position != null) {
      var slice = ledger.logQueries.page(position, filter, Visibility.ALL, limit, 0);
      assertThat(slice.entries()).hasSizeLessThanOrEqualTo(limit);
      entries.addAll(slice.entries());
      position = slice.next();
    }
    return entries;
  }

  private List<LogEntry> expected(LogFilter filter) {
    return rows.stream().filter(log -> matches(log, filter)).toList();
  }

  private static boolean matches(LogEntry log, LogFilter filter) {
    var at = log.createdAt();
    return (filter.requestId() == null || log.requestId().equals(filter.requestId()))
        && (filter.status() == null || log.status() == filter.status())
        && (filter.userId() == null || log.userId().equals(filter.userId()))
        && (filter.since() == null || !at.isBefore(filter.since()))
        && (filter.until() == null || at.isBefore(filter.until()))
        && (filter.text() == null || small(log.prompt()).contains(small(filter.text())));
  }

  private static String small(String text) {
    return text.codePoints()
        .map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private LogFilter aFilter() {
    var since = maybe(NOON.plusNanos(random.nextInt(40_000_000)));
    var length = random.nextInt(40_000_000);
    var until = maybe((since == null ? NOON : since).plusNanos(length));
    return new LogFilter(
        random.nextInt(5) == 0 ? rows.get(random.nextInt(rows.size())).requestId() : null,
        maybe(STATUSES.get(random.nextInt(STATUSES.size()))),
        maybe("user-" + random.nextInt(5)),
        since,
        until,
        maybe(aWord()));
  }

  private <T> @Nullable T maybe(T value) {
    return random.nextBoolean() ? value : null;
  }

  private String aWord() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  /** Three steps; their times are close to those of other requests' steps. */
  private void write(RequestId id, String user, String prompt, Instant at) {
    IntStream.range(0, 3)
        .forEach(step ->
            ledger
                .asOwner
                .sql(
                    """
                    insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
                    values (:id, :user, :prompt, :status, 'a step', :at::timestamptz)
                    """)
                .param("id", id.value())
                .param("user", user)
                .param("prompt", prompt)
                .param(
                    "status",
                    (step == 0 ? JobStatus.STARTED : STATUSES.get(random.nextInt(STATUSES.size())))
                        .word())
                .param("at", at.plusMillis(step).toString())
                .update());
  }

  private List<LogEntry> all() {
    var json = new LedgerJson(JsonMapper.builder().build());
    return ledger
        .asOwner
        .sql("select * from public.generation_logs")
        .query((row, _) -> LogEntry.read(row, json))
        .list()
        .stream()
        .sorted(
            Comparator.comparing(LogEntry::createdAt).thenComparingLong(LogEntry::seq).reversed())
        .toList();
  }
}
