package dev.darkroom.ledger.jobs;

import static java.util.Objects.requireNonNull;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.TraceParent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job that its holder has to send to Kafka, unless it waits for its turn.
 *
 * @param acceptedAt when {@code request_received} was recorded
 * @param reservedUntil no other process publishes the job before then; identifies this reservation
 *     when the job is marked
 */
public record DueJob(
    JobMessage message, @Nullable TraceParent trace, Instant acceptedAt, Instant reservedUntil) {
  public static DueJob of(ResultSet row, LedgerJson json) throws SQLException {
    return new DueJob(
        message(row, json),
        Columns.trace(row),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "publish_after"));
  }

  static JobMessage message(ResultSet row, LedgerJson json) throws SQLException {
    var webhook = row.getString("webhook");
    return new JobMessage(
        Columns.requestId(row),
        row.getString("user_id"),
        json.request(row.getString("request")),
        requireNonNull(json.details(row.getString("call"))),
        Columns.instant(row, "deadline_at"),
        row.getString("owner"),
        webhook == null ? null : json.read(webhook, JobWebhook.class),
        failedProvider(row));
  }

  private static @Nullable String failedProvider(ResultSet row) throws SQLException {
    var ofProvider =
        Optional.ofNullable(row.getString("error_code"))
            .flatMap(FailureCode::of)
            .filter(FailureCode::isOfProvider);
    return ofProvider.isPresent() ? row.getString("provider") : null;
  }
}
