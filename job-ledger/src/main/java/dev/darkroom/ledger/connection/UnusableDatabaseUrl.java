package dev.darkroom.ledger.connection;

/**
 * The start stops here: {@code DATABASE_URL} can't be used. Its value, which holds a password, is
 * never repeated.
 */
final class UnusableDatabaseUrl extends IllegalArgumentException {
  UnusableDatabaseUrl(String reason) {
    this("DATABASE_URL", reason);
  }

  UnusableDatabaseUrl(String setting, String reason) {
    super(setting + " can't be used: " + reason);
  }
}
