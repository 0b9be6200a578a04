package dev.darkroom.ledger.connection;

/** Stops the start. The message never repeats the URL, which holds a password. */
final class InvalidDatabaseUrlException extends IllegalArgumentException {
  InvalidDatabaseUrlException(String reason) {
    this("DATABASE_URL", reason);
  }

  InvalidDatabaseUrlException(String setting, String reason) {
    super(setting + " is not usable: " + reason);
  }
}
