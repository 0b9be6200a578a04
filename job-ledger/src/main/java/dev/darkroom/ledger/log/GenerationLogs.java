package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the steps of all requests. */
public final class GenerationLogs {
  private final JdbcClient database;
  private final LedgerJson json;
  private final CountLogs counts;
  private final FindDeepPage deepPages;
  private final ReadLogs rows;
  private final SearchPrompts search;

  /**
   * @param recountAfter how often rows that were counted already are counted anew
   */
  public GenerationLogs(JdbcClient database, LedgerJson json, Duration recountAfter) {
    this.database = database;
    this.json = json;
    this.counts = new CountLogs(database, recountAfter);
    this.deepPages = new FindDeepPage(database);
    this.rows = new ReadLogs(database, json);
    this.search = new SearchPrompts(database, json);
  }

  /**
   * The rows that match, newest first.
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
    var count = counts.count(filter);
    if (offset >= count) {
      return new LogPage(List.of(), count);
    }
    var start = deepPages.after(filter, offset);
    var page = rows.after(filter, limit, start.before(), start.offset());
    return new LogPage(page.logs(), count, false, page.next());
  }

  /** The page after this place; its count is that of all pages. */
  public LogPage page(LogFilter filter, int limit, LogPlace after) {
    if (filter.text() != null) {
      return search.page(filter, filter.text(), limit, after);
    }
    var page = rows.after(filter, limit, after, 0);
    return new LogPage(page.logs(), counts.count(filter), false, page.next());
  }

  /** As the page after this place, without the count. */
  public LogStretch stretch(LogFilter filter, int limit, LogPlace after) {
    return filter.text() == null
        ? rows.after(filter, limit, after, 0)
        : search.stretch(filter, filter.text(), limit, after);
  }

  /** Every step of one request, oldest first. */
  public List<LogEntry> of(RequestId requestId) {
    return database
        .sql("select * from public.generation_logs where request_id = :id order by seq")
        .param("id", requestId.value())
        .query((row, _) -> PlacedLog.read(row, json).log())
        .list();
  }
}
