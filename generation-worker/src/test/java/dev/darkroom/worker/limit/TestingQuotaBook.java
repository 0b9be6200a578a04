package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.QuotaBook;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** A book in memory, whose time can be moved. */
final class TestingQuotaBook<B> implements QuotaBook<B> {
  private final Clock clock;
  private @Nullable B content;

  TestingQuotaBook(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized <A> A revise(Revision<B, A> revision) {
    var revised = revision.of(content, clock.instant());
    content = revised.book();
    return revised.answer();
  }
}
