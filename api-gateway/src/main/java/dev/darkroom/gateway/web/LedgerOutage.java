package dev.darkroom.gateway.web;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells an outage of the ledger, which passes, from a statement that is wrong. */
public final class LedgerOutage {
  /**
   * Connection failures, insufficient resources, operator intervention and system errors (<a
   * href="https://www.postgresql.org/docs/current/errcodes-appendix.html">classes of error
   * codes</a>).
   */
  private static final Set<String> OUTAGES = Set.of("08", "53", "57", "58");

  /** A replica that was not promoted yet answers writes with this. */
  private static final String READ_ONLY = "25006";

  private LedgerOutage() {}

  public static boolean isBehind(RuntimeException e) {
    return switch (e) {
      case TransientDataAccessException _,
          RecoverableDataAccessException _,
          DataAccessResourceFailureException _,
          NonTransientDataAccessResourceException _,
          CannotCreateTransactionException _ ->
          true;
      case DataAccessException other -> isOutage(NestedExceptionUtils.getRootCause(other));
      default -> false;
    };
  }

  private static boolean isOutage(@Nullable Throwable root) {
    if (!(root instanceof SQLException sql) || sql.getSQLState() == null) {
      return false;
    }
    var state = sql.getSQLState();
    return state.equals(READ_ONLY)
        || (state.length() == 5 && OUTAGES.contains(state.substring(0, 2)));
  }
}
