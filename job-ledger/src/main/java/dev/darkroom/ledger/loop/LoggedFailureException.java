package dev.darkroom.ledger.loop;

/** A round failed and has logged the reason itself; the loop tries again and logs nothing more. */
public final class LoggedFailureException extends RuntimeException {
  public LoggedFailureException(String reason) {
    super(reason);
  }
}
