package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the log in order. Each set of filters has a statement of its own, so that the server plans
 * for just those; range and place are always there, at the worst from one infinity to the other,
 * because they only say where an index is read.
 */
final class ReadLogs {
  private final JdbcClient database;
  private final LedgerJson json;

  ReadLogs(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
  }

  /** The rows that match and come after this place, but for some of them that are skipped. */
  LogStretch after(LogFilter filter, int limit, LogPlace place, long offset) {
    if (filter.requestId() != null) {
      return rowsBy(
          """
          select * from public.generation_logs
          where request_id = :requestId
            and (:status::text is null or status = :status) and (:userId::text is null or user_id = :userId)
            and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          place,
          offset);
    } else if (filter.status() != null && filter.userId() != null) {
      return rowsBy(
          """
          select * from public.generation_logs
          where user_id = :userId and status = :status
            and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          place,
          offset);
    } else if (filter.status() != null) {
      return rowsBy(
          """
          select * from public.generation_logs
          where status = :status
            and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          place,
          offset);
    } else if (filter.userId() != null) {
      return rowsBy(
          """
          select * from public.generation_logs
          where user_id = :userId
            and created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          place,
          offset);
    }
    return rowsBy(
        """
        select * from public.generation_logs
        where created_at >= :since and created_at < :until and (created_at, seq) < (:placeTime, :placeSeq)
        order by created_at desc, seq desc limit :limit offset :offset
        """,
        filter,
        limit,
        place,
        offset);
  }

  private LogStretch rowsBy(String sql, LogFilter filter, int limit, LogPlace place, long offset) {
    return LogParameters.after(place, LogParameters.matching(database.sql(sql), filter))
        .param("limit", limit + 1)
        .param("offset", offset)
        .query((ResultSet rows) -> LogStretch.read(rows, limit, json));
  }
}
