package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.LedgerJson;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the rows whose prompts hold a text, in a time that does not depend on how many rows there
 * are. What many prompts hold is among the newest rows; what few hold is found by its trigrams. For
 * what is neither, or where there is no index, a stretch ends after so many rows were looked
 * through, and says where to go on.
 */
final class SearchPrompts {
  /** So many of the {@link LookThroughLog#WINDOW} newest rows fill pages without an index. */
  private static final long FREQUENT = 250;

  private final LookThroughLog look;
  private final FindRequests requests;

  SearchPrompts(JdbcClient database, LedgerJson json) {
    this.look = new LookThroughLog(database, json);
    this.requests = new FindRequests(database, json);
  }

  /** The count is exact, or a lower bound. */
  LogPage page(LogFilter filter, PromptText text, int limit, LogPlace after) {
    var newest = look.countNewest(filter);
    if (newest.areAll() || newest.matches() >= FREQUENT) {
      var page = look.after(filter, limit, after);
      return new LogPage(page.logs(), newest.matches(), !newest.areAll(), page.next());
    }
    var found = requests.find(filter, text);
    var page =
        found.areAll()
            ? requests.after(found, filter, limit, after)
            : look.after(filter, limit, after);
    var count = Math.max(newest.matches(), requests.countUpTo(FindRequests.COUNTED, found, filter));
    return new LogPage(
        page.logs(), count, !found.areAll() || count >= FindRequests.COUNTED, page.next());
  }

  /** As a page, without the count. */
  LogStretch stretch(LogFilter filter, PromptText text, int limit, LogPlace after) {
    var seen = look.after(filter, limit, after);
    if (seen.logs().size() == limit || seen.next() == null) {
      return seen;
    }
    var found = requests.find(filter, text);
    return found.areAll() ? requests.after(found, filter, limit, after) : seen;
  }
}
