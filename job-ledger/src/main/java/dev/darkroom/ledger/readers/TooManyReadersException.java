package dev.darkroom.ledger.readers;

import org.springframework.dao.TransientDataAccessResourceException;

/** All connections for readers are in use. This says nothing about the ledger itself. */
public final class TooManyReadersException extends TransientDataAccessResourceException {
  TooManyReadersException(Throwable cause) {
    super("all connections for readers are in use", cause);
  }
}
