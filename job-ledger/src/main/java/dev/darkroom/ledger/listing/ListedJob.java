package dev.darkroom.ledger.listing;

import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.Job.JobFailure;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands now, without its steps.
 *
 * @param model that is called for it
 * @param finishedAt ended jobs only
 * @param attempts begun so far
 * @param imageUrl completed jobs only, for as long as the picture is kept
 * @param error failed jobs only
 * @param replayOf the job that this one repeats
 * @param groupId the first of the jobs that were asked for with it; null for a job that is alone
 */
public record ListedJob(
    RequestId requestId,
    String userId,
    JobStatus status,
    String prompt,
    @Nullable String model,
    Instant createdAt,
    @Nullable Instant finishedAt,
    Instant deadlineAt,
    int attempts,
    @Nullable String imageUrl,
    @Nullable JobFailure error,
    @Nullable RequestId replayOf,
    @Nullable RequestId groupId,
    Billing billing) {

  static ListedJob read(ResultSet row) throws SQLException {
    var errorCode = row.getString("error_code");
    return new ListedJob(
        Columns.requestId(row),
        row.getString("user_id"),
        Columns.status(row),
        row.getString("prompt"),
        row.getString("model"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "finished_at"),
        Columns.instant(row, "deadline_at"),
        row.getInt("attempts"),
        row.getString("image_url"),
        errorCode == null ? null : new JobFailure(errorCode, row.getString("error_message")),
        Columns.requestIdOrNull(row, "replay_of"),
        Columns.requestIdOrNull(row, "group_id"),
        Billing.of(
            row.getInt("calls"),
            row.getInt("calls_billed"),
            row.getInt("calls_unknown"),
            row.getBoolean("running")));
  }
}
