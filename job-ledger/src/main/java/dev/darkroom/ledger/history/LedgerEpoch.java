package dev.darkroom.ledger.history;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Names the life of the ledger, so that a reader notices when it is another one: when the database
 * was set up anew, a backup was restored, or a replica took over, which may lack the last commits.
 */
public final class LedgerEpoch {
  private final JdbcClient database;

  public LedgerEpoch(JdbcClient database) {
    this.database = database;
  }

  /** Sixteen hexadecimal digits. */
  public String current() {
    return mayReadControlFile() ? ofServer() : ofDatabase();
  }

  /**
   * Everybody may, unless an operator has taken the right away. It is asked for by a statement of
   * its own, because the server checks the rights of all that stands in a statement.
   */
  private boolean mayReadControlFile() {
    return database
        .sql(
            """
            select bool_and(coalesce(has_function_privilege(to_regprocedure(name), 'execute'), false))
            from unnest(array['pg_catalog.pg_control_system()', 'pg_catalog.pg_control_checkpoint()',
              'pg_catalog.pg_control_recovery()']) as name
            """)
        .query(Boolean.class)
        .single();
  }

  /**
   * A restored copy of the files goes on with another timeline, as does a replica that takes over;
   * until its first checkpoint the timeline is that of its recovery. A restored dump is on another
   * server, or has tables with other ids.
   */
  private String ofServer() {
    return database
        .sql(
            """
            select left(encode(sha256(convert_to(concat_ws(':',
                (select value from public.generation_epoch), 'public.generation_logs'::regclass::oid,
                system_identifier, greatest(timeline_id, min_recovery_end_timeline)), 'UTF8')), 'hex'), 16)
            from pg_catalog.pg_control_system(), pg_catalog.pg_control_checkpoint(), pg_catalog.pg_control_recovery()
            """)
        .query(String.class)
        .single();
  }

  private String ofDatabase() {
    return database
        .sql(
            """
            select left(encode(sha256(convert_to(concat_ws(':',
                (select value from public.generation_epoch), 'public.generation_logs'::regclass::oid), 'UTF8')),
              'hex'), 16)
            """)
        .query(String.class)
        .single();
  }
}
