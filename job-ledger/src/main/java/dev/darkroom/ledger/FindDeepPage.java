package dev.darkroom.ledger;

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
   * @param newest rows are no newer than that
   * @param offset how many of those come before the page
   */
  record Place(OffsetDateTime newest, long offset) {}

  private final JdbcClient database;

  FindDeepPage(JdbcClient database) {
    this.database = database;
  }

  Place after(LogFilter filter, long offset) {
    if (offset < DEEP || filter.requestId() != null) {
      return new Place(OffsetDateTime.MAX, offset);
    } else if (filter.status() != null && filter.userId() != null) {
      return placeBy(
          """
          select first.created_at, :offset - (
            select count(*) from public.generation_logs
            where user_id = :userId and status = :status and created_at > first.created_at) as remaining
          from (select created_at from public.generation_logs where user_id = :userId and status = :status
            order by created_at desc offset :offset limit 1) as first
          """,
          filter,
          offset);
    } else if (filter.status() != null) {
      return placeBy(
          """
          select first.created_at, :offset - (
            select count(*) from public.generation_logs
            where status = :status and created_at > first.created_at) as remaining
          from (select created_at from public.generation_logs where status = :status
            order by created_at desc offset :offset limit 1) as first
          """,
          filter,
          offset);
    } else if (filter.userId() != null) {
      return placeBy(
          """
          select first.created_at, :offset - (
            select count(*) from public.generation_logs
            where user_id = :userId and created_at > first.created_at) as remaining
          from (select created_at from public.generation_logs where user_id = :userId
            order by created_at desc offset :offset limit 1) as first
          """,
          filter,
          offset);
    }
    return placeBy(
        """
        select first.created_at, :offset - (
          select count(*) from public.generation_logs where created_at > first.created_at) as remaining
        from (select created_at from public.generation_logs
          order by created_at desc offset :offset limit 1) as first
        """,
        filter,
        offset);
  }

  private Place placeBy(String sql, LogFilter filter, long offset) {
    return Columns.matching(database.sql(sql), filter)
        .param("offset", offset)
        .query((row, _) ->
            new Place(row.getObject("created_at", OffsetDateTime.class), row.getLong("remaining")))
        .optional()
        .orElseGet(() -> new Place(OffsetDateTime.MAX, offset));
  }
}
