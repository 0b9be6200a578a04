package dev.darkroom.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.jobs.NewJobFixture;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.jobs.TestingLedger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IndexPromptsIT {
  /** Nothing is copied that may still appear for so long, and these rows are older. */
  private static final Duration OLD = Duration.ofMinutes(10);

  private final TestingLedger ledger = TestingLedger.empty();
  private final Instant now = ledger.jobStatistics.now();

  @Test
  void first_steps_are_copied_in_their_order_in_bounded_helpings() {
    steps(250, now.minus(OLD));

    assertThat(ledger.indexPrompts.copySettled(100)).isEqualTo(100);
    assertCopiedAreTheOldest(100);
    assertThat(ledger.indexPrompts.copySettled(100)).isEqualTo(100);
    assertThat(ledger.indexPrompts.copySettled(100)).isEqualTo(50);
    assertThat(ledger.indexPrompts.copySettled(100)).isZero();
    assertCopiedAreTheOldest(250);
  }

  @Test
  void any_number_of_requests_accepted_at_the_same_moment_is_copied() {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select gen_random_uuid(), 'ada', 'at once', 'started', 'a step', :at
            from generate_series(1, 95)
            """)
        .param("at", now.minus(OLD).atOffset(ZoneOffset.UTC))
        .update();

    while (ledger.indexPrompts.copySettled(10) > 0) {
      assertThat(copied()).isLessThanOrEqualTo(95);
    }
    assertThat(copied()).isEqualTo(95);
  }

  @Test
  void what_was_accepted_just_now_is_not_copied_yet() {
    steps(10, now.minus(OLD));
    ledger.accept(List.of(NewJobFixture.aNewJob()));

    assertThat(ledger.indexPrompts.copySettled(100)).isEqualTo(10);
    assertThat(ledger.indexPrompts.behind()).isBetween(Duration.ZERO, OLD.dividedBy(2));
  }

  @Test
  void how_far_it_is_behind_is_the_age_of_the_first_that_is_not_copied() {
    assertThat(ledger.indexPrompts.behind()).isZero();
    steps(20, now.minus(OLD));
    assertThat(ledger.indexPrompts.behind()).isBetween(OLD.minusMinutes(1), OLD.plusMinutes(1));

    ledger.indexPrompts.copySettled(20);
    assertThat(ledger.indexPrompts.behind()).isZero();
  }

  @Test
  void what_a_transaction_writes_late_is_copied_before_anything_after_it() throws SQLException {
    steps(10, now.minus(OLD));
    var late = new SingleConnectionDataSource(ledger.database.asOwner().getConnection(), true);
    var connection = late.getConnection();
    try {
      connection.setAutoCommit(false);
      step(JdbcClient.create(late), now.minus(OLD).plusSeconds(1), "a late one");
      steps(10, now.minus(OLD).plusSeconds(2));
      var prompts = new IndexPrompts(ledger.asApplication, Duration.ofSeconds(10));

      assertThat(prompts.copySettled(100)).isZero();
      assertThat(prompts.copySettled(100)).isZero();

      connection.commit();
      assertThat(prompts.copySettled(100)).isEqualTo(21);
      assertCopiedAreTheOldest(21);
    } finally {
      connection.close();
      late.destroy();
    }
  }

  @Test
  void several_gateways_that_copy_at_once_leave_nothing_out() throws Exception {
    steps(2_000, now.minus(OLD));

    var copied =
        new Race<Integer>().add(4, () -> copyAll(new IndexPrompts(ledger.asApplication))).run();

    assertThat(copied.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2_000);
    assertCopiedAreTheOldest(2_000);
  }

  @Test
  void where_more_is_not_copied_than_can_be_looked_through_a_page_says_how_far_it_looked() {
    steps(FindUncopiedRequests.MOST + 10, now.minus(OLD));
    var rare = new LogFilter(null, null, null, TimeRange.ALWAYS, new PromptText("lighthouse 7 "));

    var before = ledger.generationLogs.page(rare, 50, 0);
    assertThat(before.countLimited()).isTrue();
    assertThat(before.next()).isNotNull();

    ledger.indexPrompts.copySettled(1_000);
    var after = ledger.generationLogs.page(rare, 50, 0);
    assertThat(after.countLimited()).isFalse();
    assertThat(after.count()).isEqualTo(2); // its steps
    assertThat(after.logs()).hasSize(2);
  }

  /** Until nothing is left, by its own count or that of others. */
  private int copyAll(IndexPrompts prompts) {
    var copied = 0;
    while (!prompts.behind().isZero()) {
      copied += prompts.copySettled(50);
    }
    return copied;
  }

  private long copied() {
    return ledger
        .asOwner
        .sql("select count(*) from public.generation_prompts")
        .query(Long.class)
        .single();
  }

  private void assertCopiedAreTheOldest(int rows) {
    assertThat(
            ledger
                .asOwner
                .sql(
                    """
                    select accepted_at, request_id, user_id, prompt from public.generation_prompts
                    order by accepted_at, request_id
                    """)
                .query()
                .listOfRows())
        .hasSize(rows)
        .isEqualTo(
            ledger
                .asOwner
                .sql(
                    """
                    select created_at as accepted_at, request_id, user_id, prompt from public.generation_logs
                    where status = 'started' order by created_at, request_id limit :rows
                    """)
                .param("rows", rows)
                .query()
                .listOfRows());
  }

  /** So many requests of two steps, from then on, within a second. */
  private void steps(int requests, Instant from) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select request.id, 'user-' || n % 3, 'a lighthouse ' || n || ' ', status, 'a step',
              :from + n / 3 * interval '1 microsecond'
            from (select n, gen_random_uuid() as id from generate_series(1, :requests) as n) as request,
              (values ('started'), ('completed')) as step (status)
            """)
        .param("from", from.atOffset(ZoneOffset.UTC))
        .param("requests", requests)
        .update();
  }

  private static void step(JdbcClient client, Instant at, String prompt) {
    client
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            values (:id, 'ada', :prompt, 'started', 'a step', :at)
            """)
        .param("id", UUID.randomUUID())
        .param("prompt", prompt)
        .param("at", at.atOffset(ZoneOffset.UTC))
        .update();
  }
}
