package dev.darkroom.local;

/** The stack can't start. The message says why and what to change. */
final class StartupException extends RuntimeException {
  StartupException(String message) {
    super(message);
  }

  StartupException(String message, Throwable cause) {
    super(message, cause);
  }
}
