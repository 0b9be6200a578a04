package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * One attempt at a job.
 *
 * @param number 1 for the first call
 * @param claim names the claim that began it: the fence. Once another attempt has begun, a report
 *     of this one changes nothing, even if a failover has made the ledger forget this one and count
 *     the other by the same number
 */
public record Attempt(RequestId requestId, int number, String workerId, UUID claim) {
  static Attempt of(ResultSet row) throws SQLException {
    return new Attempt(
        Columns.requestId(row),
        row.getInt("attempt"),
        row.getString("worker_id"),
        row.getObject("claim_token", UUID.class));
  }
}
