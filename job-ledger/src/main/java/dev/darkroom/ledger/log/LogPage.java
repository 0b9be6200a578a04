package dev.darkroom.ledger.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the log, newest first.
 *
 * @param count rows that match the filter, on all pages
 * @param countLimited whether there may be more than that
 * @param next the place after which the log goes on; null where it has ended
 */
public record LogPage(
    List<LogEntry> logs, long count, boolean countLimited, @Nullable LogPlace next) {

  /** The last page, with rows that were all counted. */
  public LogPage(List<LogEntry> logs, long count) {
    this(logs, count, false, null);
  }
}
