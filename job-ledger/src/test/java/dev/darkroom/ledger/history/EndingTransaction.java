package dev.darkroom.ledger.history;

import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.model.RequestId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Ends jobs, as the ledger's transitions do, and is committed when a test says so. */
final class EndingTransaction implements AutoCloseable {
  private final Connection connection;
  private final JdbcClient client;

  EndingTransaction(TestingLedger ledger) throws SQLException {
    connection = ledger.database.asOwner().getConnection();
    connection.setAutoCommit(false);
    client = JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }

  /** One that is committed at once. */
  static RequestId endAndCommit(TestingLedger ledger) throws SQLException {
    try (var transaction = new EndingTransaction(ledger)) {
      var id = transaction.end();
      transaction.commit();
      return id;
    }
  }

  /** Gets an id for the transaction, as a lock on the job's row does. */
  EndingTransaction begin() {
    client.sql("select pg_current_xact_id()").query().singleValue();
    return this;
  }

  /** Writes a job that has ended, and draws a number for its step. */
  RequestId end() {
    var id = new RequestId(UUID.randomUUID());
    client
        .sql(
            """
            with job as (
              insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
                error_code, error_message, finished_at)
              values (:id, 'ada', '{}', '{}', 'failed', 1, now(), 'rejected', 'No.', clock_timestamp())
              returning *)
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select request_id, user_id, 'a lighthouse', status, 'nebius_api_error', finished_at from job
            """)
        .param("id", id.value())
        .update();
    return id;
  }

  void commit() throws SQLException {
    connection.commit();
  }

  void rollBack() throws SQLException {
    connection.rollback();
  }

  @Override
  public void close() throws SQLException {
    connection.close(); // what is not committed is rolled back
  }
}
