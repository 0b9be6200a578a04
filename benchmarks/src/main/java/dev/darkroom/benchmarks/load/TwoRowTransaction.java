package dev.darkroom.benchmarks.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The floor of accepting: a job's row and its first step, written and committed with plain JDBC.
 * The columns and sizes are those that the gateway writes.
 */
public final class TwoRowTransaction implements LoadGenerator.LoadConnection {
  private final Connection connection;
  private final PreparedStatement job;
  private final PreparedStatement step;
  private final PreparedStatement call;
  private final String prompt;
  private final String request;
  private final String details;

  public TwoRowTransaction(Connection connection) throws SQLException {
    this.connection = connection;
    this.prompt = JobSeries.prompt("floor-000000");
    var rest =
        """
        "negative_prompt": null, "diffusionStrength": 0.7, "styleIntensity": 0.5, "style": "watercolor", \
        "width": 512, "height": 512, "seed": 1234567890123}\
        """;
    this.request = "{\"prompt\": \"%s\", %s".formatted(prompt, rest);
    this.details =
        "{\"parameters\": {%s, \"deadline\": \"2026-11-22T12:34:56.789012+00:00\"}".formatted(rest);
    connection.setAutoCommit(false);
    this.job =
        connection.prepareStatement(
            """
            insert into public.generation_jobs
              (request_id, user_id, request, call, deadline_at, traceparent)
            values (?, ?, ?::jsonb, '{"parameters": {}}', now() + interval '15 minutes', ?)
            """);
    this.step =
        connection.prepareStatement(
            """
            insert into public.generation_logs
              (request_id, user_id, prompt, status, step, details)
            values (?, ?, ?, 'started', 'request_received', ?::jsonb)
            """);
    this.call =
        connection.prepareStatement(
            """
            insert into public.generation_logs
              (request_id, user_id, prompt, status, step, details)
            values (?, ?, ?, 'processing', 'calling_nebius_api', ?::jsonb)
            """);
  }

  @Override
  public boolean once(int number) throws SQLException {
    var _ = commit();
    return true;
  }

  /** The id of the job that is durable now. */
  public UUID commit() throws SQLException {
    var id = sevenLike();
    job.setObject(1, id);
    job.setString(2, "anonymous");
    job.setString(3, request);
    job.setString(4, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    job.executeUpdate();
    execute(step, id);
    return id;
  }

  /** The least that a claim makes durable: the step of the call. */
  void commitCall(UUID id) throws SQLException {
    execute(call, id);
  }

  private void execute(PreparedStatement statement, UUID id) throws SQLException {
    statement.setObject(1, id);
    statement.setString(2, "anonymous");
    statement.setString(3, prompt);
    statement.setString(4, details);
    statement.executeUpdate();
    connection.commit();
  }

  /** Grows with time, as the gateway's ids do: other ids would make the floor's index slower. */
  private static UUID sevenLike() {
    var random = ThreadLocalRandom.current();
    long most = ((System.nanoTime() << 16) & ~0xF000L) | 0x7000L;
    return new UUID(most, (random.nextLong() & ~(3L << 62)) | (2L << 62));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
