package dev.darkroom.ledger.statistics;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the latest attempts say about the way to Nebius. */
public final class RecentAttempts {
  /** Steps that are looked at for the ends of attempts among them. */
  private static final int STEPS = 500;

  private final JdbcClient database;

  public RecentAttempts(JdbcClient database) {
    this.database = database;
  }

  /**
   * An attempt that has ended.
   *
   * @param reason why Nebius did not draw; none where it answered as it should
   */
  public record Answered(@Nullable String reason) {
    public boolean well() {
      return reason == null;
    }
  }

  /**
   * The latest attempts that say something about Nebius, latest first. It answered as it should
   * where there is a picture, or where it rejected what was asked for. Attempts that ended for
   * reasons of our own say nothing: the picture had been saved before or could not be, the worker
   * stopped or died, the deadline came.
   *
   * @param within not longer ago than that
   * @param limit attempts at most
   */
  public List<Answered> latest(Duration within, int limit) {
    return database
        .sql(
            """
            select case when status = 'processing' then details ->> 'reason' end as reason
            from (
              (select * from public.generation_logs
                where status = 'completed' and created_at > now() - :within * interval '1 millisecond'
                order by created_at desc limit :limit)
              union all
              (select * from public.generation_logs
                where status = 'failed' and created_at > now() - :within * interval '1 millisecond'
                order by created_at desc limit :limit)
              union all
              (select * from public.generation_logs
                where status = 'processing' and created_at > now() - :within * interval '1 millisecond'
                order by created_at desc limit :steps)) as step
            where step = 'nebius_api_error'
              or (step = 'image_generated' and details ->> 'source' is distinct from 'store')
              or (step = 'attempt_failed'
                and details ->> 'code' in ('provider_unavailable', 'rate_limited', 'misconfigured', 'bad_reply'))
              or (step = 'attempt_outcome_unknown'
                and details ->> 'code' = 'outcome_unknown' and details -> 'counts' = 'true' and details -> 'callMillis' is not null)
            order by created_at desc, seq desc limit :limit
            """)
        .param("within", within.toMillis())
        .param("limit", limit)
        .param("steps", STEPS)
        .query((row, _) -> new Answered(row.getString("reason")))
        .list();
  }
}
