package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks for a text in prompts by reading the log in order, no further than a window. The window's
 * last row is always among what is read, because the next one begins after it. Texts are looked for
 * outside of the window, or the server would look for them in all rows before it sorts a small
 * table.
 */
final class LookThroughLog {
  /** Rows that are looked through by one statement: some milliseconds. */
  static final int WINDOW = 4_000;

  private final JdbcClient database;
  private final LedgerJson json;

  LookThroughLog(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
  }

  /** How many of the newest rows, up to a window of them, match. */
  record Newest(long rows, long matches) {
    boolean areAll() {
      return rows < WINDOW;
    }
  }

  /** The rows in the window after this place that match. */
  LogStretch after(LogFilter filter, int limit, LogPlace place) {
    if (filter.requestId() != null) {
      return lookBy(
          """
          select *, prompt ilike :pattern and (:status::text is null or status = :status)
            and (:userId::text is null or user_id = :userId) as matches from (
            select *, row_number() over (order by created_at desc, seq desc) as number
            from public.generation_logs
            where request_id = :requestId
              and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
            order by created_at desc, seq desc limit :window) as seen
          where (prompt ilike :pattern and (:status::text is null or status = :status)
            and (:userId::text is null or user_id = :userId)) or number = :window
            order by created_at desc, seq desc limit :limit
          """,
          filter,
          limit,
          place);
    } else if (filter.userId() != null) {
      return lookBy(
          """
          select *, prompt ilike :pattern and (:status::text is null or status = :status) as matches from (
            select *, row_number() over (order by created_at desc, seq desc) as number
            from public.generation_logs
            where user_id = :userId
              and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
            order by created_at desc, seq desc limit :window) as seen
          where (prompt ilike :pattern and (:status::text is null or status = :status)) or number = :window
          order by created_at desc, seq desc limit :limit
          """,
          filter,
          limit,
          place);
    } else if (filter.status() != null) {
      return lookBy(
          """
          select *, prompt ilike :pattern as matches from (
            select *, row_number() over (order by created_at desc, seq desc) as number
            from public.generation_logs
            where status = :status
              and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
            order by created_at desc, seq desc limit :window) as seen
          where prompt ilike :pattern or number = :window
          order by created_at desc, seq desc limit :limit
          """,
          filter,
          limit,
          place);
    }
    return lookBy(
        """
        select *, prompt ilike :pattern as matches from (
          select *, row_number() over (order by created_at desc, seq desc) as number
          from public.generation_logs
          where created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
          order by created_at desc, seq desc limit :window) as seen
        where prompt ilike :pattern or number = :window
        order by created_at desc, seq desc limit :limit
        """,
        filter,
        limit,
        place);
  }

  /** With the user's or the request's rows, however few, their status is looked at one by one. */
  Newest countNewest(LogFilter filter) {
    if (filter.requestId() != null) {
      return countBy(
          """
          select count(*) as rows,
            count(*) filter (where prompt ilike :pattern and (:status::text is null or status = :status)
            and (:userId::text is null or user_id = :userId)) as matches from (
            select prompt, status, user_id from public.generation_logs
            where request_id = :requestId and created_at >= :since and created_at < :until
            order by created_at desc limit :window) as seen
          """,
          filter);
    } else if (filter.userId() != null) {
      return countBy(
          """
          select count(*) as rows,
            count(*) filter (where prompt ilike :pattern and (:status::text is null or status = :status)) as matches from (
            select prompt, status, user_id from public.generation_logs
            where user_id = :userId and created_at >= :since and created_at < :until
            order by created_at desc limit :window) as seen
          """,
          filter);
    } else if (filter.status() != null) {
      return countBy(
          """
          select count(*) as rows, count(*) filter (where prompt ilike :pattern) as matches from (
            select prompt, status, user_id from public.generation_logs
            where status = :status and created_at >= :since and created_at < :until
            order by created_at desc limit :window) as seen
          """,
          filter);
    }
    return countBy(
        """
        select count(*) as rows, count(*) filter (where prompt ilike :pattern) as matches from (
          select prompt, status, user_id from public.generation_logs
          where created_at >= :since and created_at < :until
          order by created_at desc limit :window) as seen
        """,
        filter);
  }

  private LogStretch lookBy(String sql, LogFilter filter, int limit, LogPlace place) {
    return LogParameters.after(place, LogParameters.matching(database.sql(sql), filter))
        .param("window", WINDOW)
        .param("limit", limit + 1)
        .query((ResultSet rows) -> read(rows, limit));
  }

  /** There is no next place where the log ends before the window does. */
  private LogStretch read(ResultSet rows, int limit) throws SQLException {
    var read = new ArrayList<PlacedLog>();
    long bytes = 0;
    LogPlace next = null;
    while (rows.next()) {
      var matches = rows.getBoolean("matches");
      if (matches && (read.size() == limit || bytes >= LogStretch.MOST_BYTES)) {
        return new LogStretch(LogStretch.logs(read), read.getLast().place());
      }
      var row = PlacedLog.read(rows, json);
      if (matches) {
        read.add(row);
        bytes += row.bytes();
      }
      next = rows.getLong("number") == WINDOW ? row.place() : null;
    }
    return new LogStretch(LogStretch.logs(read), next);
  }

  private Newest countBy(String sql, LogFilter filter) {
    return LogParameters.matching(database.sql(sql), filter)
        .param("window", WINDOW)
        .query((row, _) -> new Newest(row.getLong("rows"), row.getLong("matches")))
        .single();
  }
}
