package dev.darkroom.ledger.log;

import dev.darkroom.ledger.horizon.LogWriters;
import dev.darkroom.ledger.horizon.SettledHorizon;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Counts the rows of the log that match, exactly, without reading all of them each time. The log is
 * only ever added to, so what is older than the {@link SettledHorizon} is counted once and
 * remembered; what came since is counted each time.
 */
final class CountLogs {
  /** Rows counted by one statement; it has to be done long before its timeout. */
  private static final long SLICE = 1_000_000;

  private static final int FILTERS = 1_000;

  /**
   * Of these there are any number, as each moment asks for another; apart, so that they only
   * displace each other.
   */
  private static final int FILTERS_WITH_RANGE = 100;

  private final JdbcClient database;
  private final LogWriters writers;
  private final SettledHorizon horizon;
  private final RememberedCounts remembered;
  private final RememberedCounts rememberedInRange;
  private final long slice;

  CountLogs(JdbcClient database, Duration recountAfter) {
    this(database, recountAfter, SLICE, SettledHorizon.MARGIN);
  }

  CountLogs(JdbcClient database, Duration recountAfter, long slice, Duration margin) {
    this.database = database;
    this.slice = slice;
    this.writers = new LogWriters(database);
    this.horizon = new SettledHorizon(margin);
    this.remembered = new RememberedCounts(FILTERS, this::countOn, recountAfter);
    this.rememberedInRange = new RememberedCounts(FILTERS_WITH_RANGE, this::countOn, recountAfter);
  }

  long count(LogFilter filter) {
    if (filter.requestId() != null) {
      return countOfRequest(filter); // they are few
    }
    var until = filter.range().until();
    var settled = horizon.reached(writers.now());
    var counts = filter.range().isAlways() ? remembered : rememberedInRange;
    var before = counts.upTo(filter, settled.isBefore(until) ? settled : until);
    return before.until().isBefore(until)
        ? before.rows() + between(filter, before.until(), until)
        : before.rows();
  }

  /** In slices, each a statement of its own: nothing changes any more before the horizon. */
  private SettledCount countOn(LogFilter filter, SettledCount from, OffsetDateTime until) {
    var counted = from;
    while (counted.until().isBefore(until)) {
      var end = endOfSlice(filter, counted.until(), until);
      var rows = between(filter, counted.until(), end);
      counted = new SettledCount(end, counted.rows() + rows);
    }
    return counted;
  }

  /** A slice ends between two timestamps, so it is longer where one timestamp has many rows. */
  private OffsetDateTime endOfSlice(LogFilter filter, OffsetDateTime from, OffsetDateTime until) {
    for (var rows = slice; ; rows *= 2) {
      var end = timestampAfter(rows, filter, from, until);
      if (end.isAfter(from)) {
        return end;
      }
    }
  }

  private long countOfRequest(LogFilter filter) {
    return LogParameters.matching(
            database.sql(
                """
                select count(*) from public.generation_logs
                where request_id = :requestId
                  and (:status::text is null or status = :status) and (:userId::text is null or user_id = :userId)
                  and created_at >= :since and created_at < :until
                """),
            filter)
        .query(Long.class)
        .single();
  }

  private long between(LogFilter filter, OffsetDateTime from, OffsetDateTime to) {
    if (filter.status() != null && filter.userId() != null) {
      return countBy(
          """
          select count(*) from public.generation_logs
          where user_id = :userId and status = :status and created_at >= :from and created_at < :to
          """,
          filter,
          from,
          to);
    } else if (filter.status() != null) {
      return countBy(
          """
          select count(*) from public.generation_logs
          where status = :status and created_at >= :from and created_at < :to
          """,
          filter,
          from,
          to);
    } else if (filter.userId() != null) {
      return countBy(
          """
          select count(*) from public.generation_logs
          where user_id = :userId and created_at >= :from and created_at < :to
          """,
          filter,
          from,
          to);
    }
    return countBy(
        """
        select count(*) from public.generation_logs where created_at >= :from and created_at < :to
        """,
        filter,
        from,
        to);
  }

  private long countBy(String sql, LogFilter filter, OffsetDateTime from, OffsetDateTime to) {
    return LogParameters.matching(database.sql(sql), filter)
        .param("from", from)
        .param("to", to)
        .query(Long.class)
        .single();
  }

  /** The timestamp that so many rows come before, or the end where there are not so many. */
  private OffsetDateTime timestampAfter(
      long rows, LogFilter filter, OffsetDateTime from, OffsetDateTime to) {
    if (filter.userId() != null) { // with a status as well, this is a lower bound, which will do
      return timestampBy(
          """
          select created_at from public.generation_logs
          where user_id = :userId and created_at >= :from and created_at < :to
          order by created_at offset :rows limit 1
          """,
          rows,
          filter,
          from,
          to);
    } else if (filter.status() != null) {
      return timestampBy(
          """
          select created_at from public.generation_logs
          where status = :status and created_at >= :from and created_at < :to
          order by created_at offset :rows limit 1
          """,
          rows,
          filter,
          from,
          to);
    }
    return timestampBy(
        """
        select created_at from public.generation_logs where created_at >= :from and created_at < :to
        order by created_at offset :rows limit 1
        """,
        rows,
        filter,
        from,
        to);
  }

  private OffsetDateTime timestampBy(
      String sql, long rows, LogFilter filter, OffsetDateTime from, OffsetDateTime to) {
    return LogParameters.matching(database.sql(sql), filter)
        .param("rows", rows)
        .param("from", from)
        .param("to", to)
        .query(OffsetDateTime.class)
        .optional()
        .orElse(to);
  }
}
