package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.row.Columns;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Counts what happened in each minute, in the log: its first and its last step are what a job has
 * once, dated with its acceptance and its end, and there are indexes for them.
 */
final class CountMinutes {
  private final JdbcClient database;

  CountMinutes(JdbcClient database) {
    this.database = database;
  }

  /** So many jobs of one minute have one thing in common. */
  private record Share(
      Instant minute, String status, @Nullable Integer took, @Nullable String code, int jobs) {}

  /**
   * The minutes in which anything happened, in their order.
   *
   * @param from the beginning of a minute
   * @param until exclusive
   */
  List<Minute> between(OffsetDateTime from, OffsetDateTime until) {
    return shares(from, until).stream()
        .collect(Collectors.groupingBy(Share::minute, TreeMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(minute -> sum(minute.getKey(), minute.getValue()))
        .toList();
  }

  /** What was completed before steps told {@code jobMillis} took as long as its log does. */
  private List<Share> shares(OffsetDateTime from, OffsetDateTime until) {
    return database
        .sql(
            """
            select date_bin('1 minute', created_at, timestamptz 'epoch') as minute, status,
              null::int as took, null::text as code, count(*) as jobs
            from public.generation_logs
            where status = 'started' and created_at >= :from and created_at < :until
            group by 1, 2
            union all
            select date_bin('1 minute', created_at, timestamptz 'epoch'), status,
              floor(ln(greatest(1, coalesce((details ->> 'jobMillis')::float8,
                (select extract(epoch from done.created_at - min(first.created_at))::float8 * 1000
                  from public.generation_logs first where first.request_id = done.request_id))))
                / ln(1.05::float8))::int,
              null, count(*)
            from public.generation_logs done
            where status = 'completed' and created_at >= :from and created_at < :until
            group by 1, 2, 3
            union all
            select date_bin('1 minute', created_at, timestamptz 'epoch'), status,
              null, coalesce(details ->> 'code', step), count(*)
            from public.generation_logs
            where status = 'failed' and created_at >= :from and created_at < :until
            group by 1, 2, 4
            """)
        .param("from", from)
        .param("until", until)
        .query((row, _) ->
            new Share(
                Columns.instant(row, "minute"),
                row.getString("status"),
                row.getObject("took", Integer.class),
                row.getString("code"),
                row.getInt("jobs")))
        .list();
  }

  private static Minute sum(Instant minute, List<Share> shares) {
    return new Minute(
        minute,
        jobs(shares, "started"),
        jobs(shares, "completed"),
        jobs(shares, "failed"),
        by(Share::took, shares),
        by(Share::code, shares));
  }

  private static int jobs(List<Share> shares, String status) {
    return shares.stream()
        .filter(share -> share.status().equals(status))
        .mapToInt(Share::jobs)
        .sum();
  }

  private static <K> Map<K, Integer> by(Function<Share, @Nullable K> key, List<Share> shares) {
    var sums = new TreeMap<K, Integer>();
    for (var share : shares) {
      var of = key.apply(share);
      if (of != null) {
        sums.merge(of, share.jobs(), Integer::sum);
      }
    }
    return sums;
  }
}
