package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of the log that follow each other, newest first.
 *
 * @param next the place after which the log goes on; null where it has ended. Where prompts are
 *     searched, there may be a next place although there are few rows here, or none: so far was
 *     looked
 */
public record LogStretch(List<LogEntry> logs, @Nullable LogPlace next) {

  /** A page shows its rows twice, so it has about a mebibyte then. */
  static final int MOST_BYTES = 512 * 1024;

  /**
   * Reads rows up to a number, or until they have so many bytes; the rest stays with the server. A
   * row beyond them tells that the log goes on.
   */
  static LogStretch read(ResultSet rows, int limit, LedgerJson json) throws SQLException {
    var read = new ArrayList<PlacedLog>();
    long bytes = 0;
    while (rows.next()) {
      if (read.size() == limit || bytes >= MOST_BYTES) {
        return new LogStretch(logs(read), read.getLast().place());
      }
      var row = PlacedLog.read(rows, json);
      read.add(row);
      bytes += row.bytes();
    }
    return new LogStretch(logs(read), null);
  }

  static List<LogEntry> logs(List<PlacedLog> rows) {
    return rows.stream().map(PlacedLog::log).toList();
  }
}
