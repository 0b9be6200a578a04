package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.LedgerJson;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that wait in the ledger for their turn, so that no user's jobs keep another's waiting: Kafka
 * hands records out in the order in which they came, and so holds only those that workers are about
 * to take up.
 *
 * <p>A user's jobs have one turn each, and users share turns: the order is that of start-time fair
 * queueing. A job draws the turn after the last one of its user's line, but none before the one
 * that is being served, so that nobody saves up turns. {@link AcceptJobs} draws them for new jobs.
 */
public final class JobTurns {
  private final JdbcClient database;
  private final LedgerJson json;
  private final LedgerSettings settings;

  JobTurns(JdbcClient database, LedgerJson json, LedgerSettings settings) {
    this.database = database;
    this.json = json;
    this.settings = settings;
  }

  /**
   * What one gateway may send.
   *
   * @param jobs let go by this call, in the order of their turns
   * @param untaken how many had been let go before that no worker has taken up; counted no further
   *     than the window
   * @param othersWait whether more jobs had a turn than were let go
   */
  public record Lot(List<DueJob> jobs, int untaken, boolean othersWait) {}

  /**
   * Gives a turn to jobs that are due and that nobody has let go since: retries whose time has
   * come, rescued jobs, and those whose record is lost.
   *
   * @param limit jobs at most; the longest due first
   * @return how many there were
   */
  public int drawForDue(int limit) {
    return database
        .sql(
            """
            with due as (
              select request_id, user_id, publish_after from public.generation_jobs
              where lease_until is null and finished_at is null and not let_go and turn is null
                and publish_after <= now()
              order by publish_after limit :limit
              for update skip locked),
            line as (
              select user_id, (select max(turn) from public.generation_jobs job
                where job.user_id = asking.user_id
                  and turn is not null and lease_until is null and finished_at is null) as last
              from (select distinct user_id from due) as asking),
            drawn as (
              select request_id,
                greatest(0, (select now_serving from public.generation_turns), last + 1) - 1
                  + row_number() over (partition by user_id order by publish_after, request_id) as turn
              from due join line using (user_id))
            update public.generation_jobs job set turn = drawn.turn, publish_after = 'infinity'
            from drawn where job.request_id = drawn.request_id
            """)
        .param("limit", limit)
        .update();
  }

  /**
   * Lets jobs go whose turn it is, as many as the window has room for, and reserves them for the
   * caller, who has {@code darkroom.ledger.publish-reservation} to publish them before a sweep
   * does.
   *
   * <p>Any number of gateways may ask at once: one of them is served, so that together they do not
   * fill the window twice. Where a lot was let go after this statement took its snapshot and before
   * it got the lock, what it counts is out of date: the row then has another number of lots than
   * the snapshot says.
   *
   * @param window jobs that may have been let go and not taken up
   * @param limit jobs at most
   * @return empty where another gateway is being served, or just was
   */
  public Optional<Lot> letGo(int window, int limit) {
    var rows =
        database
            .sql(
                """
                with serving as (
                  select from public.generation_turns
                  where lots = (select lots from public.generation_turns)
                  for update skip locked),
                ahead as (
                  select count(*) as untaken from (
                    select from public.generation_jobs
                    where let_go and lease_until is null and finished_at is null
                    order by publish_after limit :window) as untaken),
                next as (
                  select request_id, turn from public.generation_jobs
                  where turn is not null and lease_until is null and finished_at is null
                  order by turn, request_id
                  limit coalesce((select least(:window - untaken, :limit) from serving, ahead), 0)
                  for update skip locked),
                leaving as (
                  update public.generation_jobs job
                  set let_go = true, turn = null,
                    publish_after = clock_timestamp() + :reservation * interval '1 millisecond'
                  from next where job.request_id = next.request_id
                  returning job.*, next.turn as served),
                announced as (
                  update public.generation_turns
                  set now_serving = greatest(now_serving, (select max(turn) from next)), lots = lots + 1
                  where exists (select from next))
                select untaken,
                  exists (select from public.generation_jobs
                    where turn is not null and lease_until is null and finished_at is null
                    order by turn, request_id
                    offset (select count(*) from next) limit 1) as others_wait,
                  leaving.request_id, user_id, request, deadline_at, created_at, publish_after, traceparent
                from serving cross join ahead left join leaving on true
                order by served, leaving.request_id
                """)
            .param("window", window)
            .param("limit", limit)
            .param("reservation", settings.publishReservation().toMillis())
            .query((row, _) ->
                new Row(
                    row.getInt("untaken"),
                    row.getBoolean("others_wait"),
                    row.getObject("request_id") == null
                        ? Optional.empty()
                        : Optional.of(JobColumns.dueJob(row, json))))
            .list();
    return rows.stream()
        .findFirst()
        .map(first ->
            new Lot(
                rows.stream().flatMap(row -> row.job().stream()).toList(),
                first.untaken(),
                first.othersWait()));
  }

  private record Row(int untaken, boolean othersWait, Optional<DueJob> job) {}
}
