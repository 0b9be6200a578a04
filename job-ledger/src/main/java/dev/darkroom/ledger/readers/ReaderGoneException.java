package dev.darkroom.ledger.readers;

/** Whoever asked does not wait for the answer any more. */
public final class ReaderGoneException extends RuntimeException {
  ReaderGoneException() {
    super("the reader is gone");
  }
}
