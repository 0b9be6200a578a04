package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that were accepted and that the ledger does not know: a failover to a replica lost its
 * latest commits, or a backup was restored. Kafka still has their records.
 */
public final class LostJobStore {
  /**
   * Clients can't ask for a deadline beyond this. An older job has ended, and may have been deleted
   * on purpose.
   */
  private static final Duration LONGEST_DEADLINE = Duration.ofHours(24);

  private final JdbcClient database;
  private final LedgerJson json;

  public LostJobStore(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Accepts those of the jobs again that the ledger does not know, as of the time in their ids.
   * They are due at once, and their next attempt finds a picture that they have already. A
   * gateway's clock may be five minutes ahead.
   *
   * @return those that were put back
   * @throws org.springframework.dao.DataIntegrityViolationException if one of them can't be stored;
   *     then none is
   */
  public List<RequestId> putBack(Collection<JobMessage> jobs) {
    var lost = jobs.stream().filter(job -> job.requestId().createdAt().isPresent()).toList();
    if (lost.isEmpty()) {
      return List.of();
    }
    return database
        .sql(
            """
            with lost as (
              select * from unnest(:ids::uuid[], :owners::text[], :users::text[], :requests::jsonb[], :calls::jsonb[],
                  :webhooks::jsonb[], :created::timestamptz[], :deadlines::timestamptz[])
                as lost (request_id, owner, user_id, request, call, webhook, created_at, deadline_at)),
            accepted as (
              insert into public.generation_jobs
                (request_id, owner, user_id, request, call, webhook, created_at, deadline_at)
              select request_id, owner, user_id, request, call, webhook, created_at,
                least(deadline_at, created_at + :longest * interval '1 millisecond')
              from lost
              where created_at > now() - :longest * interval '1 millisecond'
                and created_at < now() + interval '5 minutes'
                and not exists (select from public.generation_queue where request_id = lost.request_id)
              order by request_id
              on conflict (request_id) do nothing
              returning *),
            queued as (
              insert into public.generation_queue (request_id, owner, user_id, state, deadline_at)
              select request_id, owner, user_id, 'due', deadline_at from accepted
              on conflict (request_id) do nothing),
            logged as (
              insert into public.generation_logs
                (request_id, owner, user_id, prompt, status, step, details, created_at)
              select request_id, owner, user_id, request ->> 'prompt', 'started', 'request_received',
                jsonb_build_object('parameters', request - 'prompt', 'deadline', deadline_at), created_at
              from accepted
              union all
              select request_id, owner, user_id, request ->> 'prompt', 'started', 'restored_from_kafka',
                jsonb_build_object('acceptedAt', created_at),
                clock_timestamp()
              from accepted)
            select request_id from accepted
            """)
        .param("ids", Columns.texts(lost.stream().map(JobMessage::requestId)))
        .param("owners", Columns.texts(lost.stream().map(JobMessage::owner)))
        .param("users", Columns.texts(lost.stream().map(JobMessage::userId)))
        .param("requests", Columns.texts(lost.stream().map(job -> json.write(job.request()))))
        .param("calls", Columns.texts(lost.stream().map(job -> json.write(job.call()))))
        .param("webhooks", lost.stream().map(this::webhook).toArray(String[]::new))
        .param(
            "created",
            Columns.texts(lost.stream().map(job -> job.requestId().createdAt().orElseThrow())))
        .param("deadlines", Columns.texts(lost.stream().map(JobMessage::deadlineAt)))
        .param("longest", LONGEST_DEADLINE.toMillis())
        .query((row, _) -> Columns.requestId(row))
        .list();
  }

  private @Nullable String webhook(JobMessage job) {
    return job.webhook() == null ? null : json.write(job.webhook());
  }
}
