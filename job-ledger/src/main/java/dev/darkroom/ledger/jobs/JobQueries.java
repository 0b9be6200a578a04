package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Answers questions about jobs without changing them. */
public final class JobQueries {
  /** Counted within a few tenths of a second. */
  private static final int MOST_OPEN = 100_000;

  private static final int FIRST_STEPS = 100;
  private static final int LATEST_STEPS = 900;

  private final JdbcClient database;
  private final JdbcClient lookups;
  private final LedgerJson json;

  /**
   * @param lookups for questions about one job, of which any number may come
   */
  public JobQueries(JdbcClient database, JdbcClient lookups, LedgerJson json) {
    this.database = database;
    this.lookups = lookups;
    this.json = json;
  }

  /**
   * The job and its steps; of more than a thousand, the first and the latest. The job is read
   * first: its steps may be ahead of its status, never behind. A job that is not visible is not
   * there.
   */
  public Optional<Job> find(RequestId requestId, Visibility visible) {
    return find(lookups, requestId, visible);
  }

  /**
   * The same for a client that submits the job; it does not share a pool with those who only read.
   */
  public Optional<Job> findForSubmitter(RequestId requestId, Visibility visible) {
    return find(database, requestId, visible);
  }

  // one statement after the other: one inside the other would hold two connections, and as many
  // clients as the pool has connections would wait for each other
  private Optional<Job> find(JdbcClient pool, RequestId requestId, Visibility visible) {
    return withoutSteps(pool, List.of(requestId), visible).stream()
        .findFirst()
        .map(job -> job.withSteps(steps(pool, requestId)));
  }

  /** The jobs of a group with their steps, in the order of their seeds; empty if there are none. */
  public List<Job> findGroup(RequestId groupId, Visibility visible) {
    return group(lookups, groupId, visible).stream()
        .map(job -> job.withSteps(steps(lookups, job.requestId())))
        .toList();
  }

  /** The same for a client that submits or changes the group. */
  public List<Job> findGroupForSubmitter(RequestId groupId, Visibility visible) {
    return group(database, groupId, visible).stream()
        .map(job -> job.withSteps(steps(database, job.requestId())))
        .toList();
  }

  private List<Job> group(JdbcClient pool, RequestId groupId, Visibility visible) {
    var jobs =
        pool.sql("select request_id from public.generation_jobs where group_id = :id")
            .param("id", groupId.value())
            .query((row, _) -> Columns.requestId(row))
            .list();
    return withoutSteps(pool, jobs, visible).stream()
        .sorted(Comparator.comparingLong(job -> job.request().seed()))
        .toList();
  }

  /** Those of these jobs that there are, without their steps. */
  public List<Job> findWithoutSteps(Collection<RequestId> jobs, Visibility visible) {
    return withoutSteps(database, jobs, visible);
  }

  private List<Job> withoutSteps(JdbcClient pool, Collection<RequestId> jobs, Visibility visible) {
    return pool.sql(
            """
            select request_id, job.owner, job.user_id, request, job.deadline_at, finished_at, image_url, image_sha256,
              image_content_type, image_bytes, image_removed_at, job.error_code, job.error_message, replay_of, group_id, webhook, priority,
              job.calls + coalesce(queued.calls, 0) * (status = 'started')::int as calls,
              job.calls_billed + coalesce(queued.calls_billed, 0) * (status = 'started')::int as calls_billed,
              job.calls_unknown + coalesce(queued.calls_unknown, 0) * (status = 'started')::int as calls_unknown,
              coalesce(state = 'claimed', false) as running, coalesce(cancel_requested_at is not null, false) as cancelling,
              case when status = 'started' and queued.attempt > 0 then 'processing' else status end as status
            from public.generation_jobs job left join public.generation_queue queued using (request_id)
            where request_id = any (:ids::uuid[]) and (:owner::text is null or job.owner = :owner)
            """)
        .param("ids", Columns.texts(jobs.stream()))
        .param("owner", visible.owner())
        .query((row, _) -> job(row))
        .list();
  }

  /**
   * Oldest first. Without their prompts: each step has them, and a job that waits for a day may
   * have thousands of steps.
   */
  List<LogEntry> steps(JdbcClient pool, RequestId requestId) {
    return pool.sql(
            """
            select seq, id, request_id, owner, user_id, status, step, image_url, created_at,
              case when jsonb_typeof(details -> 'parameters') = 'object'
                then details #- '{parameters,prompt}' #- '{parameters,negative_prompt}'
                else details end as details
            from (
              (select * from public.generation_logs where request_id = :id order by seq limit :first)
              union
              (select * from public.generation_logs where request_id = :id order by seq desc limit :latest)
            ) as step
            order by seq
            """)
        .param("id", requestId.value())
        .param("first", FIRST_STEPS)
        .param("latest", LATEST_STEPS)
        .query((row, _) ->
            new LogEntry(
                row.getLong("seq"),
                row.getObject("id", UUID.class),
                Columns.requestId(row),
                row.getString("owner"),
                row.getString("user_id"),
                "",
                Columns.status(row),
                row.getString("step"),
                json.details(row.getString("details")),
                row.getString("image_url"),
                Columns.instant(row, "created_at")))
        .list();
  }

  /** Whose job it is: empty text where access was open, nothing where there is no such job. */
  public Optional<String> findOwner(RequestId requestId) {
    return lookups
        .sql("select owner from public.generation_jobs where request_id = :id")
        .param("id", requestId.value())
        .query((row, _) -> row.getString("owner"))
        .optional();
  }

  /** The picture with which the job has completed, as long as it is kept. */
  public Optional<PictureRecord> findPicture(RequestId requestId, Visibility visible) {
    return lookups
        .sql(
            """
            select image_url, image_sha256, image_content_type, image_bytes from public.generation_jobs
            where request_id = :id and status = 'completed' and image_removed_at is null
              and (:owner::text is null or owner = :owner)
            """)
        .param("id", requestId.value())
        .param("owner", visible.owner())
        .query((row, _) -> picture(row))
        .optional();
  }

  /**
   * How many repetitions of a job have ended. One that ended within the last second is not counted:
   * the click that made it may have been a double one.
   */
  public long countEndedReplays(RequestId original) {
    return database
        .sql(
            """
            select count(*) from public.generation_jobs
            where replay_of = :id and finished_at < now() - interval '1 second'
            """)
        .param("id", original.value())
        .query(Long.class)
        .single();
  }

  /** Which of these have ended. */
  public List<RequestId> endedAmong(Collection<RequestId> jobs) {
    return database
        .sql(
            """
            select request_id from public.generation_jobs
            where request_id = any(:ids::uuid[]) and finished_at is not null
            """)
        .param("ids", Columns.texts(jobs.stream()))
        .query((row, _) -> Columns.requestId(row))
        .list();
  }

  /** By the clock that leases and deadlines are measured with. */
  public Instant ledgerTime() {
    return database
        .sql("select clock_timestamp() as time")
        .query((row, _) -> Columns.instant(row, "time"))
        .single();
  }

  /**
   * Attempts whose worker no longer renews its lease.
   *
   * @param limit attempts at most; the longest lapsed first
   */
  public List<Attempt> findLapsed(int limit) {
    return database
        .sql(
            """
            select request_id, attempt, job.worker_id, claim_token
            from public.generation_queue job left join public.generation_workers worker using (worker_id)
            where state = 'claimed'
              and (publish_after <= now() or lease_until < now() or lease_until is null)
            order by lease_until nulls first, request_id limit :limit
            """)
        .param("limit", limit)
        .query((row, _) -> Attempt.of(row))
        .list();
  }

  /**
   * The latest attempts at open jobs whose deadline has passed and that may have a picture: running
   * ones, and ones with an unknown outcome. After any other outcome the worker looked for a picture
   * itself.
   *
   * @param limit attempts at most; the longest overdue first
   */
  public List<Attempt> findOverdueAttempts(int limit) {
    return database
        .sql(
            """
            select request_id, attempt, worker_id, claim_token from public.generation_queue
            where state <> 'ended' and deadline_at <= now() and attempt > 0
              and (state = 'claimed' or error_code is null
                or error_code in ('outcome_unknown', 'picture_not_stored'))
            order by deadline_at limit :limit
            """)
        .param("limit", limit)
        .query((row, _) -> Attempt.of(row))
        .list();
  }

  /**
   * How many jobs are open, for operators and autoscalers. Of more than {@value #MOST_OPEN} the
   * ones with the earliest deadlines are counted, which are about the oldest; of those, the visible
   * ones.
   */
  public OpenJobs countOpen(Visibility visible) {
    return database
        .sql(
            """
            select coalesce(sum(waiting), 0) as waiting, coalesce(sum(scheduled), 0) as scheduled,
              coalesce(sum(running), 0) as running, coalesce(sum(held_back), 0) as held_back,
              coalesce(sum(paused), 0) as paused,
              coalesce(max(oldest), 0)::float8 as oldest,
              jsonb_object_agg(error_code, scheduled)
                filter (where error_code is not null and scheduled > 0) as scheduled_by
            from (
              select error_code,
                count(*) filter (where state = 'claimed') as running,
                count(*) filter (where state not in ('claimed', 'paused') and due_at <= clock_timestamp()) as waiting,
                count(*) filter (where state not in ('claimed', 'paused') and due_at > clock_timestamp()) as scheduled,
                count(*) filter (where state = 'paused') as paused,
                count(*) filter (where state = 'in_line') as held_back,
                extract(epoch from clock_timestamp() - min(due_at) filter (
                  where state not in ('claimed', 'paused') and due_at <= clock_timestamp())) as oldest
              from (
                select owner, error_code, state, due_at from public.generation_queue
                where state <> 'ended' order by deadline_at limit :most) as open
              where :owner::text is null or owner = :owner
              group by error_code) as by_reason
            """)
        .param("most", MOST_OPEN)
        .param("owner", visible.owner())
        .query((row, _) ->
            new OpenJobs(
                row.getLong("waiting"),
                row.getLong("scheduled"),
                row.getLong("running"),
                row.getLong("held_back"),
                row.getLong("paused"),
                row.getDouble("oldest"),
                json.counts(row.getString("scheduled_by"))))
        .single();
  }

  /**
   * Open jobs by what they are doing.
   *
   * @param waiting due, and not claimed by a worker
   * @param scheduled due later: they wait for their next attempt
   * @param running claimed by a worker
   * @param heldBack those of the waiting ones that wait in the ledger for their turn
   * @param paused set aside, because their user or model is paused
   * @param oldestWaitingSeconds how long the longest waiting one has been due
   * @param scheduledBy the scheduled ones by the code of the failure that made them wait
   */
  public record OpenJobs(
      long waiting,
      long scheduled,
      long running,
      long heldBack,
      long paused,
      double oldestWaitingSeconds,
      Map<String, Long> scheduledBy) {}

  private Job job(ResultSet row) throws SQLException {
    var status = Columns.status(row);
    var webhook = row.getString("webhook");
    return new Job(
        Columns.requestId(row),
        row.getString("owner"),
        row.getString("user_id"),
        json.request(row.getString("request")),
        status,
        row.getInt("priority"),
        Columns.instant(row, "deadline_at"),
        status == JobStatus.COMPLETED ? picture(row) : null,
        Columns.instantOrNull(row, "image_removed_at"),
        status == JobStatus.FAILED
            ? new Job.JobFailure(row.getString("error_code"), row.getString("error_message"))
            : null,
        Columns.instantOrNull(row, "finished_at"),
        Columns.requestIdOrNull(row, "replay_of"),
        Columns.requestIdOrNull(row, "group_id"),
        webhook == null ? null : json.read(webhook, JobWebhook.class),
        Billing.of(
            row.getInt("calls"),
            row.getInt("calls_billed"),
            row.getInt("calls_unknown"),
            row.getBoolean("running")),
        status == JobStatus.PROCESSING && row.getBoolean("cancelling"),
        List.of());
  }

  private static PictureRecord picture(ResultSet row) throws SQLException {
    return new PictureRecord(
        row.getString("image_url"),
        row.getString("image_sha256"),
        row.getString("image_content_type"),
        row.getLong("image_bytes"));
  }
}
