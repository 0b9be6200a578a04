package dev.darkroom.ledger.connection;

import java.sql.Connection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Lets everybody who reaches the database's API read the log, or nobody: the policy for {@code
 * anon}, with the right that it needs. Migrations make none, so that one that runs again by hand
 * gives nothing away. Policies that operators made are left alone.
 */
public final class PublicLog {
  private PublicLog() {}

  /** Opens it, unless it is open; what another gateway does at the same moment is as good. */
  public static void open(Connection transaction) {
    run(
        transaction,
        """
        do $$
        begin
          if not exists (select from pg_catalog.pg_policies
              where schemaname = 'public' and tablename = 'generation_logs' and policyname = 'Everybody reads the steps') then
            create policy "Everybody reads the steps" on public.generation_logs for select to anon using (true);
            grant select on table public.generation_logs to anon;
          end if;
        exception when duplicate_object then
          null;
        end
        $$
        """);
  }

  /** Closes it, if it was opened by this class. */
  public static void close(Connection transaction) {
    run(
        transaction,
        """
        do $$
        begin
          if exists (select from pg_catalog.pg_policies
              where schemaname = 'public' and tablename = 'generation_logs' and policyname = 'Everybody reads the steps') then
            drop policy if exists "Everybody reads the steps" on public.generation_logs;
            revoke select on table public.generation_logs from anon;
          end if;
        end
        $$
        """);
  }

  private static void run(Connection transaction, String statement) {
    MigrationDataSource.limitLockWaits(transaction);
    JdbcClient.create(new SingleConnectionDataSource(transaction, true)).sql(statement).update();
  }
}
