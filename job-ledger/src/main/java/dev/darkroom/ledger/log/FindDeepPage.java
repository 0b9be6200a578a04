package dev.darkroom.ledger.log;

import java.time.OffsetDateTime;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds where a page deep in the log begins. Rows are skipped in an index alone, which takes a
 * fraction of the time that reading them would take; only those that share the timestamp of the
 * page's first row are skipped one by one.
 */
final class FindDeepPage {
  /** Below this it is quicker to read the rows. */
  private static final long DEEP = 10_000;

  /**
   * Where a page begins.
   *
   * @param before a place before it
   * @param offset how many rows come between that and the page
   */
  record Start(LogPlace before, long offset) {}

  private final JdbcClient database;

  FindDeepPage(JdbcClient database) {
    this.database = database;
  }

  Start after(LogFilter filter, long offset) {
    if (offset < DEEP || filter.requestId() != null) {
      return new Start(LogPlace.START, offset);
    } else if (filter.status() != null && filter.userId() != null) {
      return startBy(
          """
          select first.created_at, :offset - (
            select count(*) from public.generation_logs
            where user_id = :userId and status = :status and created_at > first.created_at and created_at < :until) as remaining
          from (select created_at from public.generation_logs where user_id = :userId and status = :status
              and created_at >= :since and created_at < :until
            order by created_at desc offset :offset limit 1) as first
          """,
          filter,
          offset);
    } else if (filter.status() != null) {
      return startBy(
          """
          select first.created_at, :offset - (
            select count(*) from public.generation_logs
            where status = :status and created_at > first.created_at and created_at < :until) as remaining
          from (select created_at from public.generation_logs where status = :status
              and created_at >= :since and created_at < :until
            order by created_at desc offset :offset limit 1) as first
          """,
          filter,
          offset);
    } else if (filter.userId() != null) {
      return startBy(
          """
          select first.created_at, :offset - (
            select count(*) from public.generation_logs
            where user_id = :userId and created_at > first.created_at and created_at < :until) as remaining
          from (select created_at from public.generation_logs where user_id = :userId
              and created_at >= :since and created_at < :until
            order by created_at desc offset :offset limit 1) as first
          """,
          filter,
          offset);
    }
    return startBy(
        """
        select first.created_at, :offset - (
          select count(*) from public.generation_logs where created_at > first.created_at and created_at < :until) as remaining
        from (select created_at from public.generation_logs where created_at >= :since and created_at < :until
          order by created_at desc offset :offset limit 1) as first
        """,
        filter,
        offset);
  }

  private Start startBy(String sql, LogFilter filter, long offset) {
    return LogParameters.matching(database.sql(sql), filter)
        .param("offset", offset)
        .query((row, _) ->
            new Start(
                new LogPlace(row.getObject("created_at", OffsetDateTime.class), Long.MAX_VALUE),
                row.getLong("remaining")))
        .optional()
        .orElseGet(() -> new Start(LogPlace.START, offset));
  }
}
