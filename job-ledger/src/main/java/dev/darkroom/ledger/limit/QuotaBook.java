package dev.darkroom.ledger.limit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What all workers know together about the provider's quota. Of several revisions at once, each
 * sees what the one before has written.
 *
 * @param <B> what stands in it; a record that JSON can hold
 */
public interface QuotaBook<B> {

  /**
   * Replaces what stands in the book. If the revision throws, the book stays as it was.
   *
   * @return the revision's answer
   * @throws org.springframework.dao.DataAccessException where the book can't be read or written
   */
  <A> A revise(Revision<B, A> revision);

  /** A pure function; it is called again if somebody else was quicker. */
  @FunctionalInterface
  interface Revision<B, A> {
    /**
     * Reads what stands there, and says what shall stand there.
     *
     * @param book what stands there; null as long as nobody has written in it
     * @param now the one time that holds for all workers
     */
    Revised<B, A> of(@Nullable B book, Instant now);
  }

  /** The new content, and what the revision was made for. */
  record Revised<B, A>(B book, A answer) {}
}
