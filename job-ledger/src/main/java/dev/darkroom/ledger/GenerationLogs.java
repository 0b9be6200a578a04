package dev.darkroom.ledger;

import dev.darkroom.ledger.FindDeepPage.Place;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the steps of all requests. */
public final class GenerationLogs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final CountLogs counts;
  private final FindDeepPage deepPages;

  GenerationLogs(JdbcClient database, LedgerJson json, CountLogs counts) {
    this.database = database;
    this.json = json;
    this.counts = counts;
    this.deepPages = new FindDeepPage(database);
  }

  /** The rows that match, newest first. */
  public LogPage page(LogFilter filter, int limit, long offset) {
    var count = counts.count(filter);
    if (offset >= count) {
      return new LogPage(List.of(), count);
    }
    return new LogPage(rows(filter, limit, deepPages.after(filter, offset)), count);
  }

  /** Each set of filters has a statement of its own, so that the server plans for just those. */
  private List<LogEntry> rows(LogFilter filter, int limit, Place from) {
    if (filter.requestId() != null) {
      return rowsBy(
          """
          select * from public.generation_logs
          where request_id = :requestId
            and (:status::text is null or status = :status) and (:userId::text is null or user_id = :userId)
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          from);
    } else if (filter.status() != null && filter.userId() != null) {
      return rowsBy(
          """
          select * from public.generation_logs where user_id = :userId and status = :status and created_at <= :newest
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          from);
    } else if (filter.status() != null) {
      return rowsBy(
          """
          select * from public.generation_logs where status = :status and created_at <= :newest
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          from);
    } else if (filter.userId() != null) {
      return rowsBy(
          """
          select * from public.generation_logs where user_id = :userId and created_at <= :newest
          order by created_at desc, seq desc limit :limit offset :offset
          """,
          filter,
          limit,
          from);
    }
    return rowsBy(
        """
        select * from public.generation_logs where created_at <= :newest
        order by created_at desc, seq desc limit :limit offset :offset
        """,
        filter,
        limit,
        from);
  }

  private List<LogEntry> rowsBy(String sql, LogFilter filter, int limit, Place from) {
    return Columns.matching(database.sql(sql), filter)
        .param("limit", limit)
        .param("newest", from.newest())
        .param("offset", from.offset())
        .query((row, _) -> read(row))
        .list();
  }

  /** Every step of one request, oldest first. */
  List<LogEntry> of(RequestId requestId) {
    return database
        .sql("select * from public.generation_logs where request_id = :id order by seq")
        .param("id", requestId.value())
        .query((row, _) -> read(row))
        .list();
  }

  LogEntry read(ResultSet row) throws SQLException {
    return new LogEntry(
        row.getObject("id", UUID.class),
        Columns.requestId(row),
        row.getString("user_id"),
        row.getString("prompt"),
        Columns.status(row),
        row.getString("step"),
        json.details(row.getString("details")),
        row.getString("image_url"),
        Columns.instant(row, "created_at"));
  }
}
