package dev.darkroom.ledger.listing;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.row.RequestIdRange;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads jobs in the order of their ids, which is that of their acceptance, newest first. Each
 * request looks at a bounded number of jobs, however rare those that it wants are.
 */
public final class JobListQueries {
  /** So many jobs are looked at per statement, which takes some milliseconds. */
  static final int WINDOW = 4_000;

  private static final UUID NEWEST = new UUID(-1, -1);

  private final JdbcClient database;

  /**
   * Creates it.
   *
   * @param database plans each execution for its values, so that a filter that is null is no part
   *     of the plan
   */
  public JobListQueries(JdbcClient database) {
    this.database = database;
  }

  /**
   * Visible jobs after this one; fewer than the limit where they are large, or rare.
   *
   * @param after null for the newest
   */
  public JobListSlice page(
      @Nullable RequestId after, JobListFilter filter, Visibility visible, int limit) {
    return filter.contradictsItself() ? JobListSlice.EMPTY : read(after, filter, visible, limit);
  }

  /**
   * The window is read in the order of an index, and narrowed by one filter only: the open jobs in
   * the queue, or else the user, or else that a job has failed. The other filters are applied
   * outside of it, or the server might look at any number of jobs to fill it. A job that is not
   * visible is never in the window: the place where a scan goes on is told.
   */
  private JobListSlice read(
      @Nullable RequestId after, JobListFilter filter, Visibility visible, int limit) {
    var ids = RequestIdRange.between(filter.since(), filter.until());
    return database
        .sql(
            """
            with found as materialized (
              select request_id, number, wanted
              from (
                (select request_id, row_number() over (order by request_id desc) as number,
                  (:status::text is null or status = :status)
                    and (:errorCode::text is null or error_code = :errorCode) as wanted
                from public.generation_jobs
                where not :open
                  and (:owner::text is null or owner = :owner)
                  and (:userId::text is null or user_id = :userId)
                  and (:owner::text is not null or :userId::text is not null or not :failed or error_code is not null)
                  and request_id >= :first and request_id < :beyond and request_id < :after
                order by request_id desc limit :window)
                union all
                (select request_id, row_number() over (order by request_id desc) as number,
                  state <> 'ended' and (attempt > 0) = :processing
                    and (:userId::text is null or user_id = :userId) as wanted
                from public.generation_queue
                where :open
                  and (:owner::text is null or owner = :owner)
                  and request_id >= :first and request_id < :beyond and request_id < :after
                order by request_id desc limit :window)) as scanned
              where wanted or number = :window
              order by request_id desc limit :limit)
            select found.request_id, number, wanted and job.request_id is not null as matches, job.user_id,
              job.request ->> 'prompt' as prompt, job.call -> 'parameters' ->> 'model' as model,
              job.created_at, finished_at, deadline_at, error_code, error_message, replay_of, group_id,
              case when image_removed_at is null then image_url end as image_url,
              case when status = 'started' and queued.attempt > 0 then 'processing' else status end as status,
              coalesce(queued.attempt, attempts) as attempts,
              job.calls + coalesce(queued.calls, 0) as calls,
              job.calls_billed + coalesce(queued.calls_billed, 0) as calls_billed,
              job.calls_unknown + coalesce(queued.calls_unknown, 0) as calls_unknown,
              coalesce(queued.state = 'claimed', false) as running
            from found
              left join lateral (
                select * from public.generation_jobs where request_id = found.request_id limit 1) job on true
              left join lateral (
                select state, attempt, calls, calls_billed, calls_unknown from public.generation_queue
                where request_id = found.request_id limit 1) queued on status = 'started'
            order by found.request_id desc
            """)
        .param("open", filter.wantsOpen())
        .param("processing", filter.status() == JobStatus.PROCESSING)
        .param("failed", filter.wantsFailed())
        .param("status", filter.status() == null ? null : filter.status().word())
        .param("errorCode", filter.errorCode())
        .param("owner", visible.owner())
        .param("userId", filter.userId())
        .param("first", ids.first())
        .param("beyond", ids.beyond())
        .param("after", after == null ? NEWEST : after.value())
        .param("window", WINDOW)
        .param("limit", limit + 1)
        .query((ResultSet rows) -> JobListSlice.read(rows, limit));
  }
}
