package dev.darkroom.ledger.readers;

/** The reader no longer waits for the result. */
public final class ReaderGoneException extends RuntimeException {
  ReaderGoneException() {
    super("the reader is gone");
  }
}
