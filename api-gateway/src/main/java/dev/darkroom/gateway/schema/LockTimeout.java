package dev.darkroom.gateway.schema;

import dev.darkroom.ledger.connection.MigrationConnections;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.springframework.stereotype.Component;

/**
 * Lets a migration wait only briefly for a table's lock: while it waits behind a reader, everybody
 * else waits behind it. Valid for its transaction; what runs outside of one, such as {@code create
 * index concurrently}, waits as long as it has to, and nobody waits behind it.
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
    MigrationConnections.limitLockWaits(context.getConnection());
  }

  @Override
  public String getCallbackName() {
    return "lock-timeout";
  }
}
