package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.QuotaBook;
import dev.darkroom.ledger.limit.QuotaBook.Revised;

/** The one limit of all workers, in the book that they share. */
final class ShareQuota {
  private final QuotaBook<Quota> book;
  private final int start;
  private volatile boolean begun;

  ShareQuota(QuotaBook<Quota> book, int start) {
    this.book = book;
    this.start = start;
  }

  /**
   * Answers from the book.
   *
   * @throws org.springframework.dao.DataAccessException where the book can't be read or written
   */
  Grant answer(Ask ask) {
    var grant =
        book.<Grant>revise((found, time) -> {
          var now = time.toEpochMilli();
          var quota = found == null ? Quota.startingAt(start, now) : found;
          // only at the start: two workers with different settings must not turn by turn undo each
          // other's
          var outcome = (begun ? quota : quota.withStart(start, now)).answer(ask, now);
          return new Revised<>(outcome.quota(), outcome.grant());
        });
    begun = true;
    return grant;
  }
}
