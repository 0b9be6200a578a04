package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.row.Columns;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts what happened to jobs in a range of time, from their steps. */
public final class JobStatistics {
  private final JdbcClient readers;

  public JobStatistics(JdbcClient readers) {
    this.readers = readers;
  }

  /**
   * What happened to jobs in a minute.
   *
   * @param minute its beginning; null for the whole range
   * @param medianSeconds from acceptance to picture; null where there is no picture
   */
  public record JobCounts(
      @Nullable Instant minute,
      int submitted,
      int completed,
      int failed,
      @Nullable Double medianSeconds,
      @Nullable Double p95Seconds) {}

  /** Failed jobs with one code. */
  public record FailureCount(String code, int jobs) {}

  /** The database's time, which all steps have. */
  public Instant now() {
    return readers
        .sql("select clock_timestamp() as now")
        .query((row, _) -> Columns.instant(row, "now"))
        .single();
  }

  /** Of visible jobs: the whole range first, then its minutes in which anything happened. */
  public List<JobCounts> between(Instant since, Instant until, Visibility visible) {
    return readers
        .sql(
            """
            select minute,
              count(*) filter (where status = 'started') as submitted,
              count(*) filter (where status = 'completed') as completed,
              count(*) filter (where status = 'failed') as failed,
              percentile_disc(0.5) within group (order by took) / 1000.0 as median,
              percentile_disc(0.95) within group (order by took) / 1000.0 as p95
            from (
              select status, date_bin('1 minute', created_at, timestamptz 'epoch') as minute,
                case when status = 'completed' then (details ->> 'jobMillis')::float8 end as took
              from public.generation_logs
              where status in ('started', 'completed', 'failed') and created_at >= :since and created_at < :until
                and (:owner::text is null or owner = :owner)
            ) as step
            group by grouping sets ((), (minute))
            order by minute nulls first
            """)
        .param("owner", visible.owner())
        .param("since", since.atOffset(ZoneOffset.UTC))
        .param("until", until.atOffset(ZoneOffset.UTC))
        .query((row, _) ->
            new JobCounts(
                Columns.instantOrNull(row, "minute"),
                row.getInt("submitted"),
                row.getInt("completed"),
                row.getInt("failed"),
                row.getObject("median", Double.class),
                row.getObject("p95", Double.class)))
        .list();
  }

  /** Of visible jobs, most frequent first. */
  public List<FailureCount> failures(Instant since, Instant until, Visibility visible) {
    return readers
        .sql(
            """
            select coalesce(details ->> 'code', step) as code, count(*) as jobs
            from public.generation_logs
            where status = 'failed' and created_at >= :since and created_at < :until
                and (:owner::text is null or owner = :owner)
            group by 1 order by 2 desc, 1
            """)
        .param("owner", visible.owner())
        .param("since", since.atOffset(ZoneOffset.UTC))
        .param("until", until.atOffset(ZoneOffset.UTC))
        .query((row, _) -> new FailureCount(row.getString("code"), row.getInt("jobs")))
        .list();
  }
}
