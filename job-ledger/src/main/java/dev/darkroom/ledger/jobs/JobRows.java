package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/** Reads rows of {@code generation_jobs} and {@code generation_queue}. */
public final class JobRows {
  private JobRows() {}

  public static Attempt attempt(ResultSet row) throws SQLException {
    return new Attempt(
        Columns.requestId(row),
        row.getInt("attempt"),
        row.getString("worker_id"),
        row.getObject("claim_token", UUID.class));
  }

  public static DueJob dueJob(ResultSet row, LedgerJson json) throws SQLException {
    return new DueJob(
        message(row, json),
        Columns.trace(row),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "publish_after"));
  }

  public static JobMessage message(ResultSet row, LedgerJson json) throws SQLException {
    return new JobMessage(
        Columns.requestId(row),
        row.getString("user_id"),
        json.request(row.getString("request")),
        Columns.instant(row, "deadline_at"));
  }

  public static FinishedJob finished(ResultSet row) throws SQLException {
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
}
