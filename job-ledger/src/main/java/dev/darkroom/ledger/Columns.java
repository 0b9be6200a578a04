package dev.darkroom.ledger;

import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the columns of the two tables as the types they stand for. */
final class Columns {
  private Columns() {}

  static RequestId requestId(ResultSet row) throws SQLException {
    return new RequestId(row.getObject("request_id", UUID.class));
  }

  static Attempt attempt(ResultSet row) throws SQLException {
    return new Attempt(requestId(row), row.getInt("attempt"), row.getString("worker_id"));
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(instantOrNull(row, column), column);
  }

  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  static JobStatus status(ResultSet row) throws SQLException {
    return JobStatus.of(row.getString("status")).orElseThrow();
  }

  static @Nullable TraceParent trace(ResultSet row) throws SQLException {
    var header = row.getString("traceparent");
    return header == null ? null : new TraceParent(header);
  }

  static JobMessage message(ResultSet row, LedgerJson json) throws SQLException {
    return new JobMessage(
        requestId(row),
        row.getString("user_id"),
        json.request(row.getString("request")),
        instant(row, "deadline_at"));
  }

  static DueJob dueJob(ResultSet row, LedgerJson json) throws SQLException {
    return new DueJob(
        message(row, json), trace(row), instant(row, "created_at"), instant(row, "publish_after"));
  }

  /** Names what a filter asks for; a statement takes from it what it needs. */
  static JdbcClient.StatementSpec matching(JdbcClient.StatementSpec statement, LogFilter filter) {
    return statement
        .param("requestId", filter.requestId() == null ? null : filter.requestId().value())
        .param("status", filter.status() == null ? null : filter.status().word())
        .param("userId", filter.userId())
        .param("since", filter.range().since())
        .param("until", filter.range().until())
        .param("pattern", filter.text() == null ? null : filter.text().pattern());
  }

  /** Names the place after which rows are asked for. */
  static JdbcClient.StatementSpec after(LogPlace place, JdbcClient.StatementSpec statement) {
    return statement.param("placeTime", place.createdAt()).param("placeSeq", place.seq());
  }

  static FinishedJob finished(ResultSet row) throws SQLException {
    var status = status(row);
    var finishedAt = instant(row, "finished_at");
    var event =
        new GenerationEvent(
            requestId(row),
            row.getString("user_id"),
            status,
            row.getInt("attempt"),
            row.getString("image_url"),
            row.getString("image_sha256"),
            row.getString("image_content_type"),
            row.getObject("image_bytes", Long.class),
            status == JobStatus.COMPLETED ? finishedAt : null,
            row.getString("error_code"),
            row.getString("error_message"),
            status == JobStatus.FAILED ? finishedAt : null);
    return new FinishedJob(event, finishedAt, trace(row));
  }

  /** The form in which the driver takes an array of ids. */
  static String[] texts(Stream<?> values) {
    return values.map(Object::toString).toArray(String[]::new);
  }

  /**
   * Others' words as PostgreSQL can keep them: it takes no NUL in a text, and an outcome that can't
   * be written would be lost.
   */
  static String storable(String words) {
    return words.replace("\0", "");
  }
}
