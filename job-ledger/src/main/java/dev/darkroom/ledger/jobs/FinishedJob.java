package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.TraceParent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that has ended, with its completion event.
 *
 * @param took from accepting it to its end
 */
public record FinishedJob(
    GenerationEvent event, Instant finishedAt, Duration took, @Nullable TraceParent trace) {
  public static FinishedJob of(ResultSet row) throws SQLException {
    var status = Columns.status(row);
    var finishedAt = Columns.instant(row, "finished_at");
    var event =
        new GenerationEvent(
            Columns.requestId(row),
            row.getString("user_id"),
            status,
            row.getInt("attempts"),
            row.getString("image_url"),
            row.getString("image_sha256"),
            row.getString("image_content_type"),
            row.getObject("image_bytes", Long.class),
            status == JobStatus.COMPLETED ? finishedAt : null,
            row.getString("error_code"),
            row.getString("error_message"),
            status == JobStatus.FAILED ? finishedAt : null);
    var took = Duration.between(Columns.instant(row, "created_at"), finishedAt);
    return new FinishedJob(event, finishedAt, took, Columns.trace(row));
  }

  /** As a reply links to the picture. */
  public FinishedJob withImageUrl(@Nullable String link) {
    return new FinishedJob(event.withImageUrl(link), finishedAt, took, trace);
  }
}
