package dev.darkroom.gateway.web;

import dev.darkroom.ledger.address.ReadOnlyLedgerException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Why the ledger did not do what it was asked, as long as that passes. */
public enum LedgerOutage {
  /** It does not answer, or broke off: what was to be written may be written or not. */
  AWAY("ledger_unavailable"),
  /** It takes no writes: nothing was written. */
  READ_ONLY("ledger_read_only"),
  /** It answers, but not this within the time for a statement: nothing was written. */
  TOO_SLOW("query_timeout");

  /**
   * Connection failures, insufficient resources, operator intervention and system errors (<a
   * href="https://www.postgresql.org/docs/current/errcodes-appendix.html">classes of error
   * codes</a>).
   */
  private static final Set<String> OUTAGES = Set.of("08", "53", "57", "58");

  /** {@code query_canceled}: the driver asks for it when a statement takes too long. */
  private static final String CANCELLED = "57014";

  private final String code;

  LedgerOutage(String code) {
    this.code = code;
  }

  /** The {@code code} of its problem. */
  public String code() {
    return code;
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
    if (state.equals(CANCELLED) && e instanceof DataAccessException) {
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
