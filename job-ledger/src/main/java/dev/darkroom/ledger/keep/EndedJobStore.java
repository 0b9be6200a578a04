package dev.darkroom.ledger.keep;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Jobs that ended long enough ago, and all that belongs to them. The application may delete none of
 * it; a function of the tables' owner does, and no job that is young, open or has an event to send.
 */
public final class EndedJobStore {
  /**
   * Jobs that a slice looks at, whether they may go or not: with their steps about a thousand rows.
   */
  public static final int LOOKED_AT = 200;

  /** So long no other gateway goes on after one that was killed. */
  private static final Duration TURN = Duration.ofMinutes(1);

  private static final UUID LOWEST = new UUID(0, 0);

  private final JdbcClient database;
  private final UUID holder = UUID.randomUUID();

  public EndedJobStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * A job that may go.
   *
   * @param called whether it may have a picture
   * @param expired for how long it may
   */
  public record ExpiredJob(RequestId requestId, boolean called, Duration expired) {}

  /**
   * Jobs that may go, oldest first.
   *
   * @param next the id after which the next slice goes on; null if this is the last one
   */
  public record ExpiredSlice(List<ExpiredJob> jobs, @Nullable RequestId next) {}

  /**
   * The next jobs that may go, while no other gateway deletes some. From now on they say that their
   * pictures are gone.
   *
   * @param after null to begin with the oldest
   * @param keep after their ends
   */
  public ExpiredSlice nextExpired(@Nullable RequestId after, Duration keep) {
    var looked =
        database
            .sql(
                """
                with turn as (
                  update public.generation_retention
                  set holder = :holder, reserved_until = clock_timestamp() + :turn * interval '1 millisecond'
                  where holder = :holder or reserved_until <= now()
                  returning only_row),
                looked as materialized (
                  select request_id, finished_at, attempts from public.generation_jobs
                  where exists (select from turn) and request_id > :after
                    and request_id < rpad(lpad(to_hex(greatest(0, extract(epoch from
                      now() - :keep * interval '1 millisecond') * 1000)::bigint), 12, '0'), 32, '0')::uuid
                  order by request_id limit :limit),
                expired as materialized (
                  select request_id from looked as job
                  where finished_at < now() - :keep * interval '1 millisecond'
                    and not exists (
                      select from public.generation_queue where request_id = job.request_id)
                    and not exists (
                      select from public.generation_webhook_deliveries
                      where request_id = job.request_id and state = 'waiting')),
                marked as (
                  update public.generation_jobs job set image_removed_at = now()
                  from expired
                  where job.request_id = expired.request_id and job.request_id = any (array(select request_id from expired))
                    and job.image_url is not null and job.image_removed_at is null)
                select request_id, expired.request_id is not null as expired, attempts > 0 as called,
                  (extract(epoch from now() - :keep * interval '1 millisecond' - finished_at) * 1000)::bigint as millis
                from looked left join expired using (request_id)
                order by request_id
                """)
            .param("holder", holder)
            .param("turn", TURN.toMillis())
            .param("after", after == null ? LOWEST : after.value())
            .param("keep", keep.toMillis())
            .param("limit", LOOKED_AT)
            .query((row, _) -> LookedAt.of(row))
            .list();
    return new ExpiredSlice(
        looked.stream().filter(LookedAt::expired).map(LookedAt::job).toList(),
        looked.size() < LOOKED_AT ? null : looked.getLast().job().requestId());
  }

  private record LookedAt(ExpiredJob job, boolean expired) {
    static LookedAt of(ResultSet row) throws SQLException {
      return new LookedAt(
          new ExpiredJob(
              Columns.requestId(row),
              row.getBoolean("called"),
              Duration.ofMillis(row.getLong("millis"))),
          row.getBoolean("expired"));
    }
  }

  /**
   * What one statement deleted.
   *
   * @param jobs that are gone with all that belonged to them
   * @param rows of all tables; 0 if there is nothing left that may go
   */
  public record DeletedRows(int jobs, int rows) {}

  /**
   * Deletes a part of what belongs to these jobs, about a thousand rows. Their pictures are gone.
   */
  public DeletedRows delete(Collection<RequestId> jobs, Duration keep) {
    return database
        .sql(
            """
            select deleted, removed
            from public.generation_delete_ended(:jobs::uuid[], :keep * interval '1 millisecond')
            """)
        .param("jobs", Columns.texts(jobs.stream()))
        .param("keep", keep.toMillis())
        .query((row, _) -> new DeletedRows(row.getInt("deleted"), row.getInt("removed")))
        .single();
  }
}
