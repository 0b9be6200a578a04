package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the steps of all requests. */
public final class GenerationLogs {
  private final CountLogs counts;
  private final ReadLogs rows;
  private final SearchPrompts search;

  public GenerationLogs(JdbcClient database, LedgerJson json) {
    this.counts = new CountLogs(database);
    this.rows = new ReadLogs(database, json);
    this.search = new SearchPrompts(database, json);
  }

  /**
   * The rows that match, newest first: fewer than the limit where they are large.
   *
   * @param offset how many of them come before the page; pages of a search follow places only
   */
  public LogPage page(LogFilter filter, int limit, long offset) {
    if (filter.text() != null) {
      if (offset > 0) {
        throw new IllegalArgumentException("what a search finds has places, but no numbers");
      }
      return search.page(filter, filter.text(), limit, LogPlace.START);
    }
    var page = rows.after(filter, limit, LogPlace.START, offset);
    var seen = page.logs().isEmpty() ? 0 : offset + page.logs().size();
    return counted(filter, page, seen);
  }

  /** The page after this place; its count is that of all pages. */
  public LogPage page(LogFilter filter, int limit, LogPlace after) {
    if (filter.text() != null) {
      return search.page(filter, filter.text(), limit, after);
    }
    var page = rows.after(filter, limit, after, 0);
    return counted(filter, page, page.logs().size());
  }

  private LogPage counted(LogFilter filter, LogStretch page, long seen) {
    var count = counts.count(filter).atLeast(seen);
    return new LogPage(page.logs(), count.rows(), count.limited(), page.next());
  }

  /** As the page after this place, without the count. */
  public LogStretch stretch(LogFilter filter, int limit, LogPlace after) {
    return filter.text() == null
        ? rows.after(filter, limit, after, 0)
        : search.stretch(filter, filter.text(), limit, after);
  }
}
