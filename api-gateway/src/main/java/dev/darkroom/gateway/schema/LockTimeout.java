package dev.darkroom.gateway.schema;

import dev.darkroom.ledger.connection.MigrationDataSource;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.springframework.stereotype.Component;

/**
 * Lets a migration wait only briefly for a table's lock: while it waits behind a reader, all other
 * sessions wait behind it. Applies to its transaction; {@code create index concurrently} and the
 * like wait as long as they have to, and no session waits behind them.
 */
@Component
final class LockTimeout implements Callback {
  @Override
  public boolean supports(Event event, Context context) {
    return event == Event.BEFORE_EACH_MIGRATE;
  }

  @Override
  public boolean canHandleInTransaction(Event event, Context context) {
    return true;
  }

  @Override
  public void handle(Event event, Context context) {
    MigrationDataSource.limitLockWaits(context.getConnection());
  }

  @Override
  public String getCallbackName() {
    return "lock-timeout";
  }
}
