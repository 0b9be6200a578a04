package dev.darkroom.ledger.row;

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

/** Reads columns of several tables as our own types. */
public final class Columns {
  private Columns() {}

  public static RequestId requestId(ResultSet row) throws SQLException {
    return new RequestId(row.getObject("request_id", UUID.class));
  }

  public static @Nullable RequestId requestIdOrNull(ResultSet row, String column)
      throws SQLException {
    var id = row.getObject(column, UUID.class);
    return id == null ? null : new RequestId(id);
  }

  public static Instant instant(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(instantOrNull(row, column), column);
  }

  public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  public static JobStatus status(ResultSet row) throws SQLException {
    return JobStatus.of(row.getString("status")).orElseThrow();
  }

  public static @Nullable TraceParent trace(ResultSet row) throws SQLException {
    var header = row.getString("traceparent");
    return header == null ? null : new TraceParent(header);
  }

  /** Values as the driver takes them in an array parameter. */
  public static String[] texts(Stream<?> values) {
    return values.map(Object::toString).toArray(String[]::new);
  }

  /** PostgreSQL refuses NUL in a text, and an outcome that can't be written would be lost. */
  public static String storable(String text) {
    return text.replace("\0", "");
  }
}
