package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.row.Columns.instant;
import static dev.darkroom.ledger.row.Columns.texts;

import dev.darkroom.ledger.jobs.JobTerms.DayLimit;
import dev.darkroom.ledger.jobs.JobTerms.JobLimits;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.FullQueue;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accepts jobs: the statement by which the ledger guarantees that they end. */
final class JobIntake {
  private final JdbcClient database;
  private final LedgerJson json;
  private final Duration publishReservation;
  private final Duration keepKeys;

  JobIntake(JdbcClient database, LedgerJson json, Duration publishReservation, Duration keepKeys) {
    this.database = database;
    this.json = json;
    this.publishReservation = publishReservation;
    this.keepKeys = keepKeys;
  }

  /**
   * See {@link JobStore#accept(List, int)}.
   *
   * <p>Jobs whose terms have limits are counted in this statement, and those beyond are left out,
   * with their keys; a key that stands for a job already is none of them. Statements that run at
   * the same time do not see each other's jobs, so together they may exceed a limit of open jobs by
   * as many as they hold. The jobs of a day are counted in a row that one statement changes at a
   * time.
   */
  List<Acceptance> accept(List<NewJob> jobs, int dispatched) {
    return database
        .sql(
            """
            with given as (
              select *, case when owner = '' then user_id else owner end as line,
                closed or num_nonnulls(open_of_line, open_of_all, day_name) > 0 as limited
              from unnest(:ids::uuid[], :owners::text[], :users::text[], :requests::jsonb[], :calls::jsonb[], :deadlines::bigint[],
                  :traces::text[], :keys::text[], :fingerprints::text[], :originals::uuid[], :webhooks::jsonb[],
                  :priorities::smallint[], :weights::smallint[], :ofLine::integer[], :ofAll::integer[],
                  :dayNames::text[], :dayJobs::integer[], :closed::boolean[], :groups::uuid[])
                with ordinality
                as given (request_id, owner, user_id, request, call, deadline, traceparent, key, fingerprint,
                  replay_of, webhook, priority, weight, open_of_line, open_of_all, day_name, day_jobs, closed,
                  group_id, position)),
            new_job as (
              select *, case when limited and key is not null
                then (select min(position) from given same where same.owner = given.owner and same.key = given.key)
                else position end as first
              from given),
            replay as materialized (
              select position from new_job cross join lateral (
                select from public.generation_idempotency_keys known
                where known.owner = new_job.owner and known.key = new_job.key
                  and created_at >= now() - :keep * interval '1 millisecond' limit 1) as known
              where limited and key is not null),
            candidate as (
              select new_job.*, row_number() over (order by position) as nth,
                row_number() over (partition by line order by position) as nth_of_line
              from new_job
              where limited and not closed and position = first and position not in (select position from replay)),
            of_line as materialized (
              select line, (select count(*) from (
                  select from public.generation_queue job
                  where case when job.owner = '' then job.user_id else job.owner end = asking.line
                    and counted and state <> 'ended' limit asking.most) as open) as open
              from (select line, max(open_of_line) as most from candidate
                where open_of_line is not null group by line) as asking),
            of_all as materialized (
              select count(*) as open from (
                select from public.generation_queue where state <> 'ended' order by deadline_at
                limit coalesce((select max(open_of_all) from candidate), 0)) as open),
            fitting as (
              select position, day_name, day_jobs,
                case when of_line.open + nth_of_line > open_of_line then 'line'
                  when of_all.open + nth > open_of_all then 'all' end as refusal
              from candidate left join of_line using (line) cross join of_all),
            of_day as (
              insert into public.generation_daily_jobs as known (name, day, jobs, granted, most)
              select day_name, (now() at time zone 'UTC')::date, least(count(*), max(day_jobs)),
                least(count(*), max(day_jobs)), max(day_jobs)
              from fitting where refusal is null and day_name is not null group by day_name order by day_name
              on conflict (name, day) do update
              set granted = greatest(0, least(excluded.granted, excluded.most - known.jobs)),
                jobs = known.jobs + greatest(0, least(excluded.granted, excluded.most - known.jobs)),
                most = excluded.most
              returning name, granted),
            verdict as materialized (
              select position, case when refusal is not null then refusal
                when row_number() over (partition by day_name, refusal order by position) > of_day.granted then 'day' end as refusal
              from fitting left join of_day on of_day.name = fitting.day_name),
            held as (
              insert into public.generation_idempotency_keys as known (owner, key, fingerprint, request_id)
              select distinct on (owner, key) owner, key, fingerprint, request_id from new_job
              where key is not null and (not limited or position in (
                select position from replay union all select position from verdict where refusal is null))
              order by owner, key, position
              on conflict (owner, key) do update
              set fingerprint = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.fingerprint else known.fingerprint end,
                request_id = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.request_id else known.request_id end,
                created_at = case when known.created_at < now() - :keep * interval '1 millisecond'
                  then excluded.created_at else known.created_at end
              returning owner, key, fingerprint, request_id),
            line_end as (
              select line, (select max(turn) from public.generation_queue job
                where case when job.owner = '' then job.user_id else job.owner end = asking.line
                  and state = 'in_line') as last
              from (select distinct line from new_job where position > :dispatched) as asking),
            accepted as (
              insert into public.generation_jobs
                (request_id, owner, user_id, request, call, deadline_at, traceparent, replay_of, webhook, priority,
                  group_id)
              select request_id, owner, user_id, request, call, now() + deadline * interval '1 millisecond', traceparent,
                replay_of, webhook, priority, group_id
              from new_job
              where (key is null or request_id in (select request_id from held))
                and (not limited or position in (select position from verdict where refusal is null))
              returning *),
            queued as (
              insert into public.generation_queue
                (request_id, owner, user_id, state, turn, publish_after, deadline_at, rank, weight, counted)
              select request_id, owner, user_id, case when position <= :dispatched then 'dispatched' else 'in_line' end,
                case when position > :dispatched
                  then greatest(0, (select now_serving from public.generation_turns), last + stride)
                    + stride * (row_number() over (partition by line, position > :dispatched order by position) - 1) end,
                case when position <= :dispatched
                  then now() + :reservation * interval '1 millisecond' else 'infinity' end,
                deadline_at, 2 * priority, weight, open_of_line is not null
              from (
                select new_job.*, accepted.deadline_at, :turn / max(weight) over (partition by line) as stride
                from accepted join new_job using (request_id)) as new left join line_end using (line)
              returning request_id, state, publish_after),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted)
            select accepted.deadline_at, publish_after, accepted.created_at, state = 'dispatched' as dispatched,
              held.request_id, held.fingerprint = new_job.fingerprint as same, new_job.closed, verdict.refusal
            from new_job left join accepted using (request_id) left join queued using (request_id)
              left join held on held.owner = new_job.owner and held.key = new_job.key
              left join verdict on verdict.position = new_job.first
            order by new_job.position
            """)
        .param("reservation", publishReservation.toMillis())
        .param("dispatched", dispatched)
        .param("keep", keepKeys.toMillis())
        .param("turn", JobTerms.TURN)
        .param("ids", texts(jobs.stream().map(NewJob::id)))
        .param("owners", texts(jobs.stream().map(NewJob::owner)))
        .param("users", texts(jobs.stream().map(NewJob::userId)))
        .param("requests", texts(jobs.stream().map(job -> json.write(job.request()))))
        .param("calls", texts(jobs.stream().map(job -> json.write(job.call()))))
        .param("deadlines", texts(jobs.stream().map(job -> job.deadline().toMillis())))
        .param("traces", texts(jobs.stream().map(job -> job.trace().value())))
        .param("keys", textsOrNull(jobs, NewJob::key, IdempotencyKey::value))
        .param("fingerprints", textsOrNull(jobs, NewJob::key, IdempotencyKey::fingerprint))
        .param("originals", textsOrNull(jobs, NewJob::replayOf, RequestId::toString))
        .param("webhooks", textsOrNull(jobs, NewJob::webhook, json::write))
        .param("priorities", texts(jobs.stream().map(job -> job.terms().priority())))
        .param("weights", texts(jobs.stream().map(job -> job.terms().weight())))
        .param("ofLine", textsOrNull(jobs, limit(JobLimits::openOfLine), String::valueOf))
        .param("ofAll", textsOrNull(jobs, limit(JobLimits::openOfAll), String::valueOf))
        .param("dayNames", textsOrNull(jobs, limit(JobLimits::day), DayLimit::name))
        .param("dayJobs", textsOrNull(jobs, limit(JobLimits::day), day -> "" + day.jobs()))
        .param("closed", texts(jobs.stream().map(JobIntake::isClosed)))
        .param("groups", textsOrNull(jobs, NewJob::group, RequestId::toString))
        .query((row, number) -> acceptance(row, jobs.get(number)))
        .list();
  }

  private static boolean isClosed(NewJob job) {
    var limits = job.terms().limits();
    return limits != null && limits.isClosed();
  }

  private static <T> Function<NewJob, @Nullable T> limit(Function<JobLimits, @Nullable T> part) {
    return job -> {
      var limits = job.terms().limits();
      return limits == null ? null : part.apply(limits);
    };
  }

  private static <T> @Nullable String[] textsOrNull(
      List<NewJob> jobs, Function<NewJob, @Nullable T> part, Function<T, String> text) {
    return jobs.stream()
        .map(part)
        .map(value -> value == null ? null : text.apply(value))
        .toArray(String[]::new);
  }

  private static Acceptance acceptance(ResultSet row, NewJob job) throws SQLException {
    var acceptedAt = Columns.instantOrNull(row, "created_at");
    if (acceptedAt != null) {
      return accepted(row, job, acceptedAt);
    }
    var first = Columns.requestIdOrNull(row, "request_id");
    if (first == null) {
      return new Acceptance.Refused(fullQueue(row));
    }
    return row.getBoolean("same")
        ? new Acceptance.Replayed(first)
        : new Acceptance.KeyReused(first);
  }

  private static Acceptance accepted(ResultSet row, NewJob job, Instant acceptedAt)
      throws SQLException {
    var message = job.message(instant(row, "deadline_at"));
    return new Acceptance.Accepted(
        new DueJob(message, job.trace(), acceptedAt, instant(row, "publish_after")),
        row.getBoolean("dispatched"));
  }

  private static FullQueue fullQueue(ResultSet row) throws SQLException {
    if (row.getBoolean("closed")) {
      return FullQueue.CLOSED;
    }
    return switch (row.getString("refusal")) {
      case "all" -> FullQueue.ALL;
      case "day" -> FullQueue.DAY;
      case "line" -> FullQueue.LINE;
      case null, default -> throw new IllegalStateException("a job is missing without a reason");
    };
  }
}
