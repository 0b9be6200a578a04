package dev.darkroom.ledger.log;

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

  /** Of one row more than wanted, if there is one: it tells that the log goes on. */
  static LogStretch of(List<PlacedLog> rows, int limit) {
    var wanted = rows.size() > limit ? rows.subList(0, limit) : rows;
    return new LogStretch(
        wanted.stream().map(PlacedLog::log).toList(),
        rows.size() > limit ? wanted.getLast().place() : null);
  }
}
