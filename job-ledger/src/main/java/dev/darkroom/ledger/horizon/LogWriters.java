package dev.darkroom.ledger.horizon;

import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who writes to the log at this moment. */
public final class LogWriters {
  private final JdbcClient database;

  public LogWriters(JdbcClient database) {
    this.database = database;
  }

  /** Who writes to a table holds its lock until the commit can be seen; anybody may look. */
  public SettledHorizon.Moment now() {
    return database
        .sql(
            """
            select now() as at, array(
              select virtualtransaction from pg_locks
              where locktype = 'relation' and mode = 'RowExclusiveLock'
                and relation = 'public.generation_logs'::regclass
                and database = (select oid from pg_database where datname = current_database())) as writers
            """)
        .query((row, _) ->
            new SettledHorizon.Moment(
                row.getObject("at", OffsetDateTime.class),
                Set.copyOf(Arrays.asList((String[]) row.getArray("writers").getArray()))))
        .single();
  }
}
