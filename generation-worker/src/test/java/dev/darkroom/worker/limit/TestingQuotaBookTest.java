package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.QuotaBook;

/** The book of the simulations keeps the same promises as that in PostgreSQL. */
class TestingQuotaBookTest extends QuotaBookContract {
  @Override
  QuotaBook<Tally> empty() {
    return new TestingQuotaBook<>(new VirtualClock());
  }
}
