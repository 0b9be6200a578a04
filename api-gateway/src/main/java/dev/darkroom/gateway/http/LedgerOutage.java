package dev.darkroom.gateway.http;

import dev.darkroom.ledger.connection.ReadOnlyLedgerException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Why the ledger did not do what it was asked, as long as that passes. */
public enum LedgerOutage {
  /** It does not answer, or broke off: what was to be written may be written or not. */
  AWAY(ProblemCode.LEDGER_UNAVAILABLE, 5),
  /** It takes no writes: nothing was written. */
  READ_ONLY(ProblemCode.LEDGER_READ_ONLY, 5),
  /** It answers, but not this within the time for a statement: nothing was written. */
  TOO_SLOW(ProblemCode.QUERY_TOO_SLOW, 10);

  /**
   * Connection failures, insufficient resources, operator intervention and system errors (<a
   * href="https://www.postgresql.org/docs/current/errcodes-appendix.html">classes of error
   * codes</a>).
   */
  private static final Set<String> OUTAGES = Set.of("08", "53", "57", "58");

  /** {@code query_canceled}: the driver asks for it when a statement takes too long. */
  private static final String CANCELLED = "57014";

  private final ProblemCode code;
  private final int retryAfterSeconds;

  LedgerOutage(ProblemCode code, int retryAfterSeconds) {
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  ProblemCode code() {
    return code;
  }

  Duration retryAfter() {
    return Duration.ofSeconds(retryAfterSeconds);
  }

  /** Whether the ledger is behind it, and not a statement that is wrong. */
  public static boolean isBehind(RuntimeException e) {
    return behind(e).isPresent();
  }

  /** What is behind it; empty where a statement is wrong. */
  public static Optional<LedgerOutage> behind(RuntimeException e) {
    if (e instanceof ReadOnlyLedgerException) {
      return Optional.of(READ_ONLY);
    }
    var state = state(NestedExceptionUtils.getRootCause(e));
    if (e instanceof QueryTimeoutException
        || (state.equals(CANCELLED) && e instanceof DataAccessException)) {
      return Optional.of(TOO_SLOW);
    }
    return switch (e) {
      case TransientDataAccessException _,
          RecoverableDataAccessException _,
          DataAccessResourceFailureException _,
          NonTransientDataAccessResourceException _,
          CannotCreateTransactionException _ ->
          Optional.of(AWAY);
      case DataAccessException _ when isOutage(state) -> Optional.of(AWAY);
      default -> Optional.empty();
    };
  }

  private static String state(@Nullable Throwable root) {
    return root instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
  }

  private static boolean isOutage(String state) {
    return state.length() == 5 && OUTAGES.contains(state.substring(0, 2));
  }
}
