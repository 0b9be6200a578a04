package dev.darkroom.ledger.queue;

import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that wait in the ledger for their turn, so that nobody's jobs keep another's waiting: Kafka
 * delivers records in the order in which they came, so it holds only those that workers are about
 * to claim.
 *
 * <p>Each owner has a line; where access is open, and there are none, each user has one. The order
 * is that of start-time fair queueing: the jobs of a line have one turn each, and lines share
 * turns. A new job gets the turn after the last one of its line, but none before the one that is
 * being served, so that nobody saves up turns. A line of weight 2 has its turns half as far apart,
 * and so gets twice as many. Accepting draws these turns, see {@link
 * dev.darkroom.ledger.jobs.JobStore#accept}.
 *
 * <p>The turns of a line are its share; which of its jobs takes the next one is for its priorities
 * to say. A job that goes before its turn gives that to the one whose turn it takes. So a priority
 * moves no other line, and changes one row and not the whole line.
 */
public final class FairQueue {
  /**
   * The retries of a line that wait are counted no further, so that one with more costs no more.
   */
  private static final int MOST_RETRIES = 1_000;

  private final JdbcClient database;
  private final LedgerJson json;
  private final QueueEdges edges;
  private final Duration publishReservation;

  public FairQueue(
      JdbcClient database, LedgerJson json, QueueEdges edges, Duration publishReservation) {
    this.database = database;
    this.edges = edges;
    this.json = json;
    this.publishReservation = publishReservation;
  }

  /**
   * What one gateway may publish.
   *
   * @param jobs dispatched by this call, in the order of their turns
   * @param unclaimed how many had been dispatched before that no worker has claimed; counted no
   *     further than the window
   * @param othersWait whether more jobs wait for their turn than were dispatched
   */
  public record DispatchBatch(List<DueJob> jobs, int unclaimed, boolean othersWait) {}

  /**
   * Gives a turn to jobs that are due again: retries whose time has come, rescued jobs, and those
   * whose record is lost. They had their turn already, so they go to the turn that is being served
   * and not behind their line; several of one line follow each other, one a turn, and those that
   * come due later follow the ones that still wait.
   *
   * @param limit jobs at most; the longest due first
   * @return how many there were
   */
  public int drawForDue(int limit) {
    return database
        .sql(
            """
            with due as (
              select request_id, case when owner = '' then user_id else owner end as line, publish_after,
                :unit / weight as stride
              from public.generation_queue
              where state = 'due' and publish_after between :edge and now()
              order by publish_after limit :limit
              for update skip locked),
            serving as (
              select greatest(0, (select now_serving from public.generation_turns)) as now),
            waiting as materialized (
              select line, (select count(*) from (
                  select from public.generation_queue job
                  where case when job.owner = '' then job.user_id else job.owner end = asking.line
                    and state = 'in_line' and attempt > 0
                    and turn >= serving.now and turn < serving.now + :most * :unit limit :most) as again) as jobs
              from (select distinct line from due) as asking cross join serving),
            drawn as (
              select request_id, serving.now + stride * (waiting.jobs - 1
                  + row_number() over (partition by line order by publish_after, request_id)) as turn
              from due join waiting using (line) cross join serving)
            update public.generation_queue job
            set state = 'in_line', turn = drawn.turn, publish_after = 'infinity'
            from drawn
            where job.request_id = drawn.request_id
              and job.request_id = any (array(select request_id from due))
            """)
        .param("edge", edges.current().due())
        .param("limit", limit)
        .param("most", MOST_RETRIES)
        .param("unit", JobTerms.TURN)
        .update();
  }

  /**
   * Dispatches jobs whose turn it is, as many as the window has room for, and reserves them for the
   * caller, who has {@code darkroom.ledger.publish-reservation} to publish them before a sweep
   * does. Those that are paused are set aside instead; while all are, nothing is dispatched.
   *
   * <p>Any number of gateways may ask at once: one of them is served, so that together they do not
   * fill the window twice. If another batch was dispatched after this statement took its snapshot
   * and before it got the lock, its count is out of date; the row of turns then has another number
   * of lots than the snapshot says, and nothing is dispatched.
   *
   * @param window jobs that may be dispatched and unclaimed
   * @param spare how many of them may be more than workers have free slots for: whoever comes next
   *     waits for these. Free slots are counted only where that is fewer than the window
   * @param limit jobs at most, and no more than 1,000: so the planner knows that they are few
   * @return empty if another gateway is being served, or just was
   */
  public Optional<DispatchBatch> dispatch(int window, int spare, int limit) {
    var edge = edges.current();
    return database
        .sql(
            """
            with serving as (
              select from public.generation_turns
              where lots = (select lots from public.generation_turns)
                and not exists (select from public.generation_pauses where scope = 'all')
              for update skip locked),
            ahead as (
              select count(*) as untaken from (
                select from public.generation_queue
                where state = 'dispatched' and publish_after >= :edge
                order by publish_after limit :window) as untaken),
            idle as (
              select slots - (select count(*) from (
                select from public.generation_queue where state = 'claimed' limit alive.slots) as held) as slots
              from (select coalesce(sum(slots), 0) as slots from public.generation_workers
                where lease_until > now() and pause_reason is null) as alive),
            served as (
              select request_id, user_id, turn, rank, case when owner = '' then user_id else owner end as line
              from public.generation_queue
              where state = 'in_line' and turn >= :turn
              order by turn, request_id
              limit coalesce((
                select greatest(0, least(:window - untaken, :limit,
                  case when :spare < :window then :spare + (select slots from idle) - untaken end))
                from serving, ahead), 0)
              for update skip locked),
            ranked as materialized (
              select line, turns from (
                select line, count(*) as turns, min(rank) as lowest, max(rank % 2) as passed
                from served group by line) as own
              where passed = 1 or exists (select from public.generation_queue job
                where case when job.owner = '' then job.user_id else job.owner end = own.line
                  and state = 'in_line' and job.rank > own.lowest)),
            foremost as materialized (
              select line, job.*, row_number() over (partition by line order by rank desc, request_id) as nth
              from ranked cross join lateral (
                select request_id, user_id, turn, rank from public.generation_queue job
                where case when job.owner = '' then job.user_id else job.owner end = ranked.line
                  and state = 'in_line'
                order by rank desc, request_id limit ranked.turns
                for update skip locked) job),
            of_ranked as (
              select served.*, row_number() over (partition by line order by turn, request_id) as nth
              from served where line in (select line from ranked)),
            next as (
              select request_id, turn,
                exists (select from public.generation_pauses pause
                  where (pause.scope = 'user' and pause.name = job.user_id)
                    or (pause.scope = 'model' and pause.name = (select call #>> '{parameters,model}'
                      from public.generation_jobs where request_id = job.request_id))) as paused
              from (
                select request_id, user_id, turn from served where line not in (select line from ranked)
                union all
                select foremost.request_id, foremost.user_id, of_ranked.turn
                from foremost join of_ranked using (line, nth)) as job),
            passed as (
              update public.generation_queue job
              set turn = vacated.turn, rank = job.rank | 1::smallint
              from (
                select request_id, line, row_number() over (partition by line order by nth) as nth from of_ranked
                where request_id not in (select request_id from foremost)) as late
              join (
                select turn, line, row_number() over (partition by line order by turn) as nth from foremost
                where request_id not in (select request_id from of_ranked)) as vacated using (line, nth)
              where job.request_id = late.request_id
                and job.request_id = any (array(select request_id from of_ranked))),
            leaving as (
              update public.generation_queue job
              set state = case when paused then 'paused' else 'dispatched' end, turn = null,
                publish_after = case when paused then 'infinity'
                  else clock_timestamp() + :reservation * interval '1 millisecond' end
              from (select * from next limit 1000) as chosen
              where job.request_id = chosen.request_id
                and job.request_id = any (array(select request_id from next))
              returning job.request_id, job.publish_after, job.provider, job.error_code, chosen.turn as served, paused),
            announced as (
              update public.generation_turns
              set now_serving = greatest(now_serving, (select max(turn) from served)), lots = lots + 1
              where exists (select from next))
            select untaken,
              exists (select from public.generation_queue
                where state = 'in_line' and turn >= :turn
                order by turn, request_id
                offset (select count(*) from next) limit 1) as others_wait,
              job.*, leaving.publish_after, leaving.provider, leaving.error_code
            from serving cross join ahead
            left join (leaving cross join lateral (
              select request_id, owner, user_id, request, call, webhook, deadline_at, created_at, traceparent
              from public.generation_jobs where request_id = leaving.request_id and not paused limit 1) job) on true
            order by served, job.request_id
            """)
        .param("edge", edge.dispatched())
        .param("turn", edge.turn())
        .param("window", window)
        .param("spare", spare)
        .param("limit", limit)
        .param("reservation", publishReservation.toMillis())
        .query(this::batch);
  }

  private Optional<DispatchBatch> batch(ResultSet rows) throws SQLException {
    if (!rows.next()) {
      return Optional.empty();
    }
    var unclaimed = rows.getInt("untaken");
    var othersWait = rows.getBoolean("others_wait");
    var jobs = new ArrayList<DueJob>();
    do {
      if (rows.getObject("request_id") != null) {
        jobs.add(DueJob.of(rows, json));
      }
    } while (rows.next());
    return Optional.of(new DispatchBatch(List.copyOf(jobs), unclaimed, othersWait));
  }
}
