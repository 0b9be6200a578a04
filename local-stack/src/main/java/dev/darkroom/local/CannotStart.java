package dev.darkroom.local;

/** The stack can't start; the message says why, and what to change. */
final class CannotStart extends RuntimeException {
  CannotStart(String message) {
    super(message);
  }

  CannotStart(String message, Throwable cause) {
    super(message, cause);
  }
}
