package dev.darkroom.ledger.connection;

import java.sql.SQLException;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * The database takes no writes: it is a standby, or its disk is full. Nothing of the statement was
 * written. {@link LeaveReadOnlyServer} has logged it; whoever meets it need not.
 */
public final class ReadOnlyLedgerException extends TransientDataAccessResourceException {
  ReadOnlyLedgerException(SQLException cause) {
    super("the database is read-only", cause);
  }
}
