package dev.darkroom.benchmarks.measure;

import com.zaxxer.hikari.HikariDataSource;
import dev.darkroom.benchmarks.stand.Database;
import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.model.RequestId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's own statements on a database of a measure, over one connection. */
final class MeasuredLedger implements AutoCloseable {
  private final Database database;
  private final HikariDataSource connections;
  private final AnnotationConfigApplicationContext context;

  MeasuredLedger(Database database) {
    this.database = database;
    this.connections = new HikariDataSource();
    connections.setJdbcUrl(database.url());
    connections.setUsername(database.user());
    connections.setPassword(database.password());
    connections.setMaximumPoolSize(1);
    this.context = new AnnotationConfigApplicationContext();
    context.registerBean(DataSource.class, () -> connections);
    context.registerBean(JdbcClient.class, () -> JdbcClient.create(connections));
    context.registerBean(JsonMapper.class, JsonMapper::shared);
    context.register(LedgerConfiguration.class);
    context.refresh();
  }

  JobStore claims() {
    return context.getBean(JobStore.class);
  }

  WorkerStore workers() {
    return context.getBean(WorkerStore.class);
  }

  JobOutbox outbox() {
    return context.getBean(JobOutbox.class);
  }

  Database database() {
    return database;
  }

  /** Open jobs that are on Kafka and wait for a worker, made by the server. */
  void fill(int jobs) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                with job as (
                  insert into public.generation_jobs (request_id, user_id, request, call, deadline_at, traceparent)
                  select uuidv7(), 'user-' || i % 100, jsonb_build_object(
                      'prompt', 'a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat ' || i,
                      'diffusionStrength', 0.7, 'styleIntensity', 0.5, 'style', 'watercolor',
                      'width', 512, 'height', 512, 'seed', i), '{"parameters": {"seed": 1}}',
                    now() + interval '6 hours', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
                  from generate_series(1, ?) as i
                  returning request_id, user_id, deadline_at)
                insert into public.generation_queue
                  (request_id, user_id, state, publish_after, enqueued_at, deadline_at)
                select request_id, user_id, 'dispatched',
                  now() + interval '1 hour' + row_number() over (order by request_id) * interval '1 millisecond',
                  now(), deadline_at
                from job
                """)) {
      statement.setInt(1, jobs);
      statement.executeUpdate();
    }
    vacuum();
  }

  void vacuum() throws SQLException {
    database.execute("vacuum (analyze) public.generation_jobs, public.generation_queue");
  }

  /** The oldest open jobs, in the order in which Kafka brings them. */
  List<RequestId> oldest(int count) throws SQLException {
    var ids = new ArrayList<RequestId>();
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                "select request_id from public.generation_queue order by request_id limit ?")) {
      statement.setInt(1, count);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          ids.add(new RequestId(rows.getObject(1, UUID.class)));
        }
      }
    }
    return ids;
  }

  /** Makes this many of the waiting jobs due for the sweep. */
  void makeDue(int count) throws SQLException {
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                update public.generation_queue set publish_after = now()
                where request_id in (
                  select request_id from public.generation_queue
                  where state = 'dispatched' and publish_after > now() order by publish_after desc limit ?)
                """)) {
      statement.setInt(1, count);
      statement.executeUpdate();
    }
  }

  @Override
  public void close() {
    context.close();
    connections.close();
  }
}
