package dev.darkroom.ledger.connection;

import java.sql.SQLException;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * The database takes no writes: it is a standby, or its disk is full. The statement wrote nothing.
 * {@link LedgerHealth} logs it.
 */
public final class ReadOnlyLedgerException extends TransientDataAccessResourceException {
  ReadOnlyLedgerException(SQLException cause) {
    super("the database is read-only", cause);
  }
}
