package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One attempt at a job. Its number is the fence: once another attempt has begun, a report of this
 * one changes nothing.
 *
 * @param number 1 for the first call
 */
public record Attempt(RequestId requestId, int number, String workerId) {
  static Attempt of(ResultSet row) throws SQLException {
    return new Attempt(Columns.requestId(row), row.getInt("attempt"), row.getString("worker_id"));
  }
}
