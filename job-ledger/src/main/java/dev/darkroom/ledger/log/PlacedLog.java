package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A row of the log and its place there.
 *
 * @param bytes about as many as its JSON takes
 */
record PlacedLog(LogEntry log, LogPlace place, int bytes) {
  /** Ids, names, status, time and address. */
  private static final int OTHERS = 400;

  static PlacedLog read(ResultSet row, LedgerJson json) throws SQLException {
    var prompt = row.getString("prompt");
    var details = row.getString("details");
    var log =
        new LogEntry(
            row.getObject("id", UUID.class),
            Columns.requestId(row),
            row.getString("user_id"),
            prompt,
            Columns.status(row),
            row.getString("step"),
            json.details(details),
            row.getString("image_url"),
            Columns.instant(row, "created_at"));
    return new PlacedLog(
        log,
        new LogPlace(row.getObject("created_at", OffsetDateTime.class), row.getLong("seq")),
        OTHERS + bytesInJson(prompt) + (details == null ? 0 : bytesInJson(details)));
  }

  /** In UTF-8; what has to be escaped takes up to six bytes. */
  private static int bytesInJson(String text) {
    var bytes = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < ' ') {
        bytes += 6;
      } else if (c < 0x80) {
        bytes += c == '"' || c == '\\' ? 2 : 1;
      } else {
        bytes += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
      }
    }
    return bytes;
  }
}
