package dev.darkroom.ledger;

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

  GenerationLogs(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
  }

  /** The rows that match, newest first. */
  public LogPage page(LogFilter filter, int limit, long offset) {
    var logs =
        filtered(
                """
                select * from public.generation_logs
                where (:requestId::uuid is null or request_id = :requestId::uuid)
                  and (:status::text is null or status = :status)
                  and (:userId::text is null or user_id = :userId)
                order by created_at desc, seq desc
                limit :limit offset :offset
                """,
                filter)
            .param("limit", limit)
            .param("offset", offset)
            .query((row, _) -> read(row))
            .list();
    var count =
        filtered(
                """
                select count(*) from public.generation_logs
                where (:requestId::uuid is null or request_id = :requestId::uuid)
                  and (:status::text is null or status = :status)
                  and (:userId::text is null or user_id = :userId)
                """,
                filter)
            .query(Long.class)
            .single();
    return new LogPage(logs, count);
  }

  /** Every step of one request, oldest first. */
  List<LogEntry> of(RequestId requestId) {
    return database
        .sql("select * from public.generation_logs where request_id = :id order by seq")
        .param("id", requestId.value())
        .query((row, _) -> read(row))
        .list();
  }

  private JdbcClient.StatementSpec filtered(String sql, LogFilter filter) {
    return database
        .sql(sql)
        .param("requestId", filter.requestId() == null ? null : filter.requestId().toString())
        .param("status", filter.status() == null ? null : filter.status().word())
        .param("userId", filter.userId());
  }

  private LogEntry read(ResultSet row) throws SQLException {
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
