package dev.darkroom.ledger.log;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A row of {@code generation_logs}: one step of a request. As JSON it has the names of the columns.
 *
 * @param seq grows in the order in which the steps of one request were committed, because each
 *     transition locks the job's row before it writes to the log. Steps of two requests may be
 *     committed in either order, and numbers may be missing
 * @param step mostly a {@link dev.darkroom.model.Step}'s word; rows of the service that Darkroom
 *     replaces may have others
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LogEntry(
    @JsonIgnore long seq,
    UUID id,
    RequestId requestId,
    String userId,
    String prompt,
    JobStatus status,
    String step,
    @Nullable Map<String, Object> details,
    @Nullable String imageUrl,
    @JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm:ss.SSSX", timezone = "UTC") Instant createdAt) {

  /** Reads a row that has all columns. */
  static LogEntry read(ResultSet row, LedgerJson json) throws SQLException {
    return new LogEntry(
        row.getLong("seq"),
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

  /** As a reply links to the picture. */
  public LogEntry withImageUrl(@Nullable String link) {
    return new LogEntry(seq, id, requestId, userId, prompt, status, step, details, link, createdAt);
  }

  LogPosition position() {
    return LogPosition.of(createdAt, seq);
  }
}
