package dev.darkroom.ledger.log;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts the rows of the log that match, in an index, and no further than anybody needs. */
final class CountLogs {
  private static final Logger log = LoggerFactory.getLogger(CountLogs.class);

  /** Some tens of milliseconds. */
  static final long MOST = 100_000;

  private final JdbcClient database;
  private final long most;

  CountLogs(JdbcClient database) {
    this(database, MOST);
  }

  CountLogs(JdbcClient database, long most) {
    this.database = database;
    this.most = most;
  }

  /**
   * How many rows match.
   *
   * @param limited whether there may be more
   */
  record RowCount(long rows, boolean limited) {
    /** There are as many as were seen otherwise, whatever was counted. */
    RowCount atLeast(long seen) {
      return seen > rows ? new RowCount(seen, limited) : this;
    }
  }

  /**
   * The newest ones, in the order of an index, because the server would read all rows otherwise.
   * Where even that takes too long, nothing is known.
   */
  RowCount count(LogFilter filter) {
    try {
      var rows = countUpTo(most + 1, filter);
      return rows > most ? new RowCount(most, true) : new RowCount(rows, false);
    } catch (QueryTimeoutException e) {
      log.debug("a count took too long; the page is answered without it", e);
      return new RowCount(0, true);
    }
  }

  private long countUpTo(long limit, LogFilter filter) {
    if (filter.requestId() != null) {
      return countBy(
          """
          select count(*) from (
            select from public.generation_logs
            where request_id = :requestId
              and (:status::text is null or status = :status) and (:userId::text is null or user_id = :userId)
              and created_at >= :since and created_at < :until limit :limit) as matching
          """,
          filter,
          limit);
    } else if (filter.status() != null && filter.userId() != null) {
      return countBy(
          """
          select count(*) from (
            select from public.generation_logs
            where user_id = :userId and status = :status
              and created_at >= :since and created_at < :until
            order by created_at desc limit :limit) as matching
          """,
          filter,
          limit);
    } else if (filter.status() != null) {
      return countBy(
          """
          select count(*) from (
            select from public.generation_logs
            where status = :status and created_at >= :since and created_at < :until
            order by created_at desc limit :limit) as matching
          """,
          filter,
          limit);
    } else if (filter.userId() != null) {
      return countBy(
          """
          select count(*) from (
            select from public.generation_logs
            where user_id = :userId and created_at >= :since and created_at < :until
            order by created_at desc limit :limit) as matching
          """,
          filter,
          limit);
    }
    return countBy(
        """
        select count(*) from (
          select from public.generation_logs
          where created_at >= :since and created_at < :until
          order by created_at desc limit :limit) as matching
        """,
        filter,
        limit);
  }

  private long countBy(String sql, LogFilter filter, long limit) {
    return LogParameters.matching(database.sql(sql), filter)
        .param("limit", limit)
        .query(Long.class)
        .single();
  }
}
