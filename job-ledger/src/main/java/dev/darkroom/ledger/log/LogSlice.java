package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of the log that match a filter, newest first.
 *
 * @param next the position after which the log goes on; null at its end. A text search may have
 *     scanned its share of rows and found few or none: then {@code next} is where the scan goes on
 */
public record LogSlice(List<LogEntry> entries, @Nullable LogPosition next) {
  /** A page shows its rows twice, so its JSON has about a mebibyte, or more with escapes. */
  private static final int MAX_BYTES = 512 * 1024;

  /** Ids, names, status, time and address. */
  private static final int OTHER_BYTES = 400;

  /**
   * Reads matching rows up to the limit, or until they have too many bytes; the server keeps the
   * rest. One more row tells that the log goes on. The last row of a scan's window is there even if
   * it doesn't match, because the scan goes on after it.
   */
  static LogSlice read(ResultSet rows, int limit, LedgerJson json) throws SQLException {
    var entries = new ArrayList<LogEntry>();
    long bytes = 0;
    LogPosition next = null;
    while (rows.next()) {
      var matches = rows.getBoolean("matches");
      if (matches && (entries.size() == limit || bytes >= MAX_BYTES)) {
        return new LogSlice(entries, entries.getLast().position());
      }
      var entry = LogEntry.read(rows, json);
      if (matches) {
        entries.add(entry);
        bytes += OTHER_BYTES + bytes(entry.prompt()) + bytes(rows.getString("details"));
      }
      next = rows.getInt("number") == LogQueries.WINDOW ? entry.position() : null;
    }
    return new LogSlice(entries, next);
  }

  private static int bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
