package dev.darkroom.ledger.address;

/**
 * The start stops here: {@code DATABASE_URL} can't be used. Its value, which holds a password, is
 * never repeated.
 */
final class UnusableDatabaseUrl extends IllegalArgumentException {
  UnusableDatabaseUrl(String reason) {
    super("DATABASE_URL can't be used: " + reason);
  }
}
