package dev.darkroom.ledger.connection;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Tells from other failures a write that a read-only server refused, which it remembers, and a
 * statement that a pooler lost.
 */
public final class ReadOnlyFailoverTranslator implements SQLExceptionTranslator {
  /** {@code read_only_sql_transaction}. */
  private static final String READ_ONLY = "25006";

  /** A prepared statement that does not exist, or exists already: on another's backend. */
  private static final Set<String> LOST_STATEMENTS = Set.of("26000", "42P05");

  private final SQLExceptionTranslator delegate = new SQLExceptionSubclassTranslator();
  private volatile boolean refused;

  @Override
  public @Nullable DataAccessException translate(
      String task, @Nullable String sql, SQLException failure) {
    if (READ_ONLY.equals(failure.getSQLState())) {
      refused = true;
      return new ReadOnlyLedgerException(failure);
    }
    if (LOST_STATEMENTS.contains(String.valueOf(failure.getSQLState()))) {
      return new TransientDataAccessResourceException(
          "a pooler in transaction mode came in between; restart this process", failure);
    }
    return delegate.translate(task, sql, failure);
  }

  /** Whether a write was refused since this was last asked. */
  boolean refusedSince() {
    var any = refused;
    refused = false;
    return any;
  }
}
