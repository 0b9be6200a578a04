package dev.darkroom.ledger.keep;

import static dev.darkroom.ledger.jobs.NewJobFixture.aNewJob;
import static dev.darkroom.ledger.listing.TestingArchive.anIdAt;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.history.HistoryRead.HistoryPage;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.keep.EndedJobStore.DeletedRows;
import dev.darkroom.ledger.keep.EndedJobStore.ExpiredJob;
import dev.darkroom.ledger.keep.EndedJobStore.ExpiredSlice;
import dev.darkroom.ledger.listing.TestingArchive;
import dev.darkroom.ledger.listing.TestingArchive.ArchivedJob;
import dev.darkroom.ledger.listing.TestingArchive.ArchivedState;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EndedJobStoreIT {
  private static final Duration KEEP = Duration.ofDays(30);
  private static final Duration OLD = KEEP.plusHours(1);

  private final TestingLedger ledger = TestingLedger.empty();
  private final TestingArchive archive = TestingArchive.in(ledger);
  private final EndedJobStore store = new EndedJobStore(ledger.asApplication);

  @BeforeEach
  void nobody_deletes() {
    letOthersDelete();
    ledger.asOwner.sql("delete from public.generation_webhook_deliveries").update();
  }

  @Test
  void a_job_that_ended_long_enough_ago_goes_with_all_that_belongs_to_it() {
    var job = job(ArchivedState.COMPLETED, OLD);
    steps(job, 3);
    delivery(job, "delivered");
    key(job);

    assertThat(store.nextExpired(null, KEEP).jobs())
        .extracting(ExpiredJob::requestId)
        .containsExactly(job);
    assertThat(count("generation_jobs where image_removed_at is not null")).isEqualTo(1);
    assertThat(store.delete(List.of(job), KEEP)).isEqualTo(new DeletedRows(1, 6));
    assertThat(store.delete(List.of(job), KEEP)).isEqualTo(new DeletedRows(0, 0));

    for (var table :
        List.of(
            "generation_jobs",
            "generation_logs",
            "generation_webhook_deliveries",
            "generation_idempotency_keys")) {
      assertThat(count(table)).as(table).isZero();
    }
  }

  @Test
  void young_and_open_jobs_stay_and_those_with_something_to_send() {
    var young = job(ArchivedState.FAILED, KEEP.minusMinutes(1));
    var open = job(ArchivedState.CLAIMED, OLD);
    var unsent = job(ArchivedState.JUST_COMPLETED, OLD);
    var waiting = job(ArchivedState.FAILED, OLD);
    delivery(waiting, "waiting");
    var uncollected = job(ArchivedState.FAILED, OLD);
    steps(uncollected, 1);
    ledger
        .asOwner
        .sql("update public.generation_jobs set webhook = '{}' where request_id = :id")
        .param("id", uncollected.value())
        .update();
    ledger
        .asOwner
        .sql(
            """
            update public.generation_webhook_cursor set seq = (select max(seq) - 1 from public.generation_logs),
              missing = '{}', missing_before = '{}'
            """)
        .update();
    var all = List.of(young, open, unsent, waiting, uncollected);

    assertThat(store.delete(all, KEEP)).isEqualTo(new DeletedRows(0, 0));
    assertThat(store.nextExpired(null, KEEP).jobs())
        .extracting(ExpiredJob::requestId)
        .containsExactly(uncollected);
    assertThat(count("generation_jobs")).isEqualTo(all.size());

    ledger.asOwner.sql("update public.generation_webhook_cursor set seq = seq + 1").update();
    assertThat(store.delete(all, KEEP)).isEqualTo(new DeletedRows(1, 2));
    assertThat(isThere(uncollected)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"interval '0'", "null", "interval '-1 year'", "interval '24 hours'"})
  void no_age_deletes_a_job_of_the_last_25_hours(String age) {
    var job = job(ArchivedState.FAILED, Duration.ofHours(1));
    var call =
        "select deleted from public.generation_delete_ended(array['%s']::uuid[], %s)"
            .formatted(job, age);

    assertThatThrownBy(() -> ledger.asApplication.sql(call).query(Integer.class).single())
        .rootCause()
        .hasMessageContaining("25 hours");
    assertThat(store.delete(List.of(job), Duration.ofHours(25)).jobs()).isZero();
    assertThat(isThere(job)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"anon", "authenticated", "service_role"})
  void no_role_of_the_api_may_call_the_functions(String role) {
    var connection =
        new SingleConnectionDataSource(
            ledger.database.url(), ledger.database.owner(), ledger.database.ownerPassword(), true);
    try {
      var client = JdbcClient.create(connection);
      client.sql("set role " + role).update();
      for (var call :
          List.of(
              "public.generation_delete_ended('{}', interval '1 year')",
              "public.generation_erase(gen_random_uuid(), '{}')")) {
        assertThatThrownBy(() -> client.sql("select * from " + call).query().listOfRows())
            .rootCause()
            .hasMessageContaining("permission denied for function");
      }
      for (var table : List.of("generation_audit", "generation_erasures", "generation_retention")) {
        assertThatThrownBy(() -> client.sql("select 1 from public." + table).query().listOfRows())
            .rootCause()
            .hasMessageContaining("permission denied for table");
      }
    } finally {
      connection.destroy();
    }
  }

  @Test
  void what_the_functions_run_with_can_not_be_changed_by_a_caller() {
    assertThat(
            ledger
                .asOwner
                .sql(
                    """
                    select proname from pg_catalog.pg_proc
                    where pronamespace = 'public'::regnamespace and prosecdef
                      and 'search_path=pg_catalog, pg_temp' = any (proconfig)
                      and proowner = (select relowner from pg_catalog.pg_class where oid = 'public.generation_jobs'::regclass)
                    """)
                .query(String.class)
                .list())
        .contains("generation_delete_ended", "generation_erase");
  }

  @Test
  void a_job_with_thousands_of_steps_goes_in_parts_and_last() {
    var job = job(ArchivedState.FAILED, OLD);
    steps(job, 2_500);

    assertThat(store.delete(List.of(job), KEEP)).isEqualTo(new DeletedRows(0, 1_000));
    assertThat(store.delete(List.of(job), KEEP)).isEqualTo(new DeletedRows(0, 1_000));
    assertThat(isThere(job)).isTrue();
    assertThat(store.delete(List.of(job), KEEP)).isEqualTo(new DeletedRows(1, 501));
  }

  @Test
  void one_gateway_deletes_at_a_time_and_another_one_takes_over() {
    job(ArchivedState.FAILED, OLD);
    var other = new EndedJobStore(ledger.asApplication);

    assertThat(store.nextExpired(null, KEEP).jobs()).hasSize(1);
    assertThat(other.nextExpired(null, KEEP)).isEqualTo(new ExpiredSlice(List.of(), null));
    assertThat(store.nextExpired(null, KEEP).jobs()).hasSize(1);
    letOthersDelete();
    assertThat(other.nextExpired(null, KEEP).jobs()).hasSize(1);
  }

  @Test
  void a_hundred_slices_go_while_jobs_are_accepted() throws Exception {
    var each = EndedJobStore.LOOKED_AT;
    archived(100 * each);
    var over = new AtomicBoolean();
    var accepted = new ArrayList<RequestId>();

    var slices =
        new Race<Integer>()
            .add(
                1,
                () -> {
                  var number = 0;
                  RequestId after = null;
                  do {
                    var slice = store.nextExpired(after, KEEP);
                    var ids = slice.jobs().stream().map(ExpiredJob::requestId).toList();
                    while (store.delete(ids, KEEP).rows() > 0) {}
                    after = slice.next();
                    number++;
                  } while (after != null);
                  over.set(true);
                  return number;
                })
            .against(
                1,
                () -> {
                  while (!over.get()) {
                    var job = aNewJob();
                    ledger.accept(List.of(job));
                    accepted.add(job.id());
                  }
                  return null;
                })
            .run();

    assertThat(slices).containsExactly(101);
    assertThat(count("generation_jobs")).isEqualTo(accepted.size());
    assertThat(count("generation_logs")).isEqualTo(accepted.size());
    assertThat(accepted).isNotEmpty();
  }

  @Test
  void readers_go_on_over_what_was_deleted() {
    var jobs =
        IntStream.range(0, 6)
            .mapToObj(number -> job(ArchivedState.FAILED, OLD.minusMinutes(20L * number)))
            .toList();
    jobs.forEach(job -> steps(job, 1));
    var filter = new LogFilter(null, null, null, null, null, null);
    var page = ledger.logQueries.page(LogPosition.START, filter, Visibility.ALL, 2, 0);
    var history = (HistoryPage) ledger.historyQueries.read(Optional.empty(), Visibility.ALL, 1);

    store.delete(jobs.subList(0, 3), KEEP.minusDays(1));

    var next = ledger.logQueries.page(requireNonNull(page.next()), filter, Visibility.ALL, 2, 0);
    assertThat(next.entries()).hasSize(1);
    assertThat(next.next()).isNull();
    assertThat(ledger.logQueries.count(filter, Visibility.ALL).rows()).isEqualTo(3);
    assertThat(ledger.historyQueries.read(Optional.of(history.next()), Visibility.ALL, 10))
        .isInstanceOfSatisfying(
            HistoryPage.class,
            rest ->
                assertThat(rest.ends())
                    .extracting(end -> end.event().requestId())
                    .containsExactlyElementsOf(jobs.subList(3, 6)));
  }

  private RequestId job(ArchivedState state, Duration endedAgo) {
    var id = anIdAt(Instant.now().minus(endedAgo).minusSeconds(9));
    archive.write(
        new ArchivedJob(
            id, "ada", "m", state, 1, 0, 0, state == ArchivedState.FAILED ? "rejected" : null));
    return id;
  }

  private void archived(int jobs) {
    ledger
        .asOwner
        .sql(
            """
            with job as (
              insert into public.generation_jobs (request_id, user_id, request, call, status, deadline_at, created_at,
                finished_at, error_code, error_message)
              select overlay(gen_random_uuid()::text placing
                  left(lpad(to_hex((extract(epoch from now() - interval '40 days') * 1000)::bigint + number), 12, '0'), 8)
                  || '-' || right(to_hex((extract(epoch from now() - interval '40 days') * 1000)::bigint + number), 4)
                  || '-7' from 1 for 15)::uuid,
                'ada', '{"prompt": "a"}', '{}', 'failed', now(), now() - interval '40 days', now() - interval '40 days',
                'rejected', 'No.'
              from generate_series(1, :jobs) as number
              returning request_id)
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select request_id, 'ada', 'a', 'failed', 'x', now() - interval '40 days' from job, generate_series(1, 3)
            """)
        .param("jobs", jobs)
        .update();
  }

  private void steps(RequestId job, int number) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select :job, 'ada', 'a', 'failed', 'nebius_api_error', finished_at
            from public.generation_jobs, generate_series(1, :number) where request_id = :job
            """)
        .param("job", job.value())
        .param("number", number)
        .update();
  }

  private void delivery(RequestId job, String state) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_webhook_deliveries (delivery_id, request_id, user_id, endpoint_id, lane, url,
              event, body, occurred_at, state, give_up_at)
            values (gen_random_uuid(), :job, 'ada', gen_random_uuid(), gen_random_uuid(), 'https://example.com', 'failed',
              '{}', now(), :state, now())
            """)
        .param("job", job.value())
        .param("state", state)
        .update();
  }

  private void key(RequestId job) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_idempotency_keys (key, fingerprint, request_id, created_at)
            select 'k', 'f', request_id, created_at from public.generation_jobs where request_id = :job
            """)
        .param("job", job.value())
        .update();
  }

  private void letOthersDelete() {
    ledger
        .asOwner
        .sql("update public.generation_retention set reserved_until = '-infinity'")
        .update();
  }

  private boolean isThere(RequestId job) {
    return count("generation_jobs where request_id = '%s'".formatted(job)) == 1;
  }

  private long count(String table) {
    return ledger.asOwner.sql("select count(*) from public." + table).query(Long.class).single();
  }
}
