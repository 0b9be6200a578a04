package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;

/** A row of the log and its place there. */
record PlacedLog(LogEntry log, LogPlace place) {

  static PlacedLog read(ResultSet row, LedgerJson json) throws SQLException {
    var log =
        new LogEntry(
            row.getObject("id", UUID.class),
            Columns.requestId(row),
            row.getString("user_id"),
            row.getString("prompt"),
            Columns.status(row),
            row.getString("step"),
            json.details(row.getString("details")),
            row.getString("image_url"),
            Columns.instant(row, "created_at"));
    return new PlacedLog(
        log, new LogPlace(row.getObject("created_at", OffsetDateTime.class), row.getLong("seq")));
  }
}
