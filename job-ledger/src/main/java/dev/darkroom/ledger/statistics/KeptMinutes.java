package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.row.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The minutes that were counted once and for all. They are kept in their order and without leaving
 * one out: what lies before the latest one is counted, and a minute that has no row had no jobs.
 */
final class KeptMinutes {
  private final JdbcClient database;

  KeptMinutes(JdbcClient database) {
    this.database = database;
  }

  /** Up to where minutes are kept. */
  OffsetDateTime until() {
    return database
        .sql(
            """
            select coalesce(max(minute) + interval '1 minute', '-infinity') as until
            from public.generation_minutes
            """)
        .query(OffsetDateTime.class)
        .single();
  }

  List<Minute> between(OffsetDateTime from, OffsetDateTime until) {
    return database
        .sql(
            """
            select * from public.generation_minutes where minute >= :from and minute < :until order by minute
            """)
        .param("from", from)
        .param("until", until)
        .query((row, _) -> read(row))
        .list();
  }

  /** Another gateway may have kept the same one. */
  void keepIfNew(Minute minute) {
    var took = List.copyOf(minute.took().entrySet());
    var failures = List.copyOf(minute.failures().entrySet());
    database
        .sql(
            """
            insert into public.generation_minutes
              (minute, submitted, completed, failed, took_class, took_jobs, failure_code, failure_jobs)
            values (:minute, :submitted, :completed, :failed,
              :tookClass::int[], :tookJobs::int[], :failureCode::text[], :failureJobs::int[])
            on conflict (minute) do nothing
            """)
        .param("minute", minute.at().atOffset(ZoneOffset.UTC))
        .param("submitted", minute.submitted())
        .param("completed", minute.completed())
        .param("failed", minute.failed())
        .param("tookClass", Columns.texts(took.stream().map(Map.Entry::getKey)))
        .param("tookJobs", Columns.texts(took.stream().map(Map.Entry::getValue)))
        .param("failureCode", Columns.texts(failures.stream().map(Map.Entry::getKey)))
        .param("failureJobs", Columns.texts(failures.stream().map(Map.Entry::getValue)))
        .update();
  }

  int forgetOlderThan(Duration keep) {
    return database
        .sql(
            """
            delete from public.generation_minutes where minute < now() - :keep * interval '1 millisecond'
            """)
        .param("keep", keep.toMillis())
        .update();
  }

  private static Minute read(ResultSet row) throws SQLException {
    return new Minute(
        Columns.instant(row, "minute"),
        row.getInt("submitted"),
        row.getInt("completed"),
        row.getInt("failed"),
        pairs(
            (Integer[]) row.getArray("took_class").getArray(),
            (Integer[]) row.getArray("took_jobs").getArray()),
        pairs(
            (String[]) row.getArray("failure_code").getArray(),
            (Integer[]) row.getArray("failure_jobs").getArray()));
  }

  private static <K> Map<K, Integer> pairs(K[] keys, Integer[] values) {
    var pairs = new HashMap<K, Integer>();
    for (var i = 0; i < keys.length; i++) {
      pairs.put(keys[i], values[i]);
    }
    return pairs;
  }
}
