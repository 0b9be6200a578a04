package dev.darkroom.system.evidence;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the tables, past the applications and all cables; writes nothing. */
public final class LedgerReader {
  private static final JsonMapper JSON = new JsonMapper();

  private final String url;
  private final Properties login = new Properties();

  public LedgerReader(String jdbcUrl, String username, String password) {
    this.url = jdbcUrl;
    login.setProperty("user", username);
    login.setProperty("password", password);
    login.setProperty("connectTimeout", "3");
    login.setProperty("socketTimeout", "20");
    login.setProperty("readOnly", "true");
  }

  /** Which of these jobs have ended; empty where the ledger does not answer. */
  public Optional<Set<UUID>> endedAmong(List<UUID> ids) {
    return ask(
        """
        select request_id from public.generation_jobs
        where request_id = any(?::uuid[]) and finished_at is not null
        """,
        statement ->
            statement.setArray(1, statement.getConnection().createArrayOf("uuid", ids.toArray())),
        LedgerReader::idsOf);
  }

  /** The jobs that have not ended; empty where the ledger does not answer. */
  public Optional<Set<UUID>> open() {
    return openSince(Instant.EPOCH);
  }

  /** Those of them that were accepted since. */
  public Optional<Set<UUID>> openSince(Instant moment) {
    return idsSince(
        moment,
        """
        select request_id from public.generation_jobs
        where finished_at is null and created_at >= ?::timestamptz
        """);
  }

  /** The jobs that were accepted since and have ended; empty where the ledger does not answer. */
  public Optional<Set<UUID>> endedSince(Instant moment) {
    return idsSince(
        moment,
        """
        select request_id from public.generation_jobs
        where finished_at is not null and created_at >= ?::timestamptz
        """);
  }

  /** Those of them that have a webhook. */
  public Optional<Set<UUID>> endedWithWebhookSince(Instant moment) {
    return idsSince(
        moment,
        """
        select request_id from public.generation_jobs
        where finished_at is not null and webhook is not null and created_at >= ?::timestamptz
        """);
  }

  /** How many jobs each worker has claimed. */
  public Optional<Map<String, Long>> heldBy() {
    return ask(
        """
        select worker_id, count(*) from public.generation_queue
        where state = 'claimed' group by worker_id
        """,
        _ -> {},
        rows -> {
          var held = new HashMap<String, Long>();
          while (rows.next()) {
            held.put(rows.getString(1), rows.getLong(2));
          }
          return held;
        });
  }

  /** The workers that have begun an attempt since. */
  public Optional<Set<String>> busySince(Instant moment) {
    return ask(
        """
        select distinct details ->> 'worker' from public.generation_logs
        where created_at > ?::timestamptz and step = 'calling_nebius_api'
        """,
        statement -> statement.setString(1, moment.toString()),
        rows -> {
          var workers = new HashSet<String>();
          while (rows.next()) {
            workers.add(rows.getString(1));
          }
          return workers;
        });
  }

  /** All jobs, the oldest first. */
  public List<JobRow> jobs() {
    return ask(
            """
            select job.*, coalesce(attempt, attempts) as attempt, state is null as published
            from public.generation_jobs job left join public.generation_queue using (request_id)
            order by created_at
            """,
            _ -> {},
            rows -> {
              var jobs = new ArrayList<JobRow>();
              while (rows.next()) {
                jobs.add(job(rows));
              }
              return jobs;
            })
        .orElseThrow(() -> new IllegalStateException("the ledger does not answer"));
  }

  /** All steps in the order in which they were written. */
  public List<StepRow> steps() {
    return ask(
            "select * from public.generation_logs order by seq",
            _ -> {},
            rows -> {
              var steps = new ArrayList<StepRow>();
              while (rows.next()) {
                steps.add(step(rows));
              }
              return steps;
            })
        .orElseThrow(() -> new IllegalStateException("the ledger does not answer"));
  }

  private interface Fill {
    void in(PreparedStatement statement) throws SQLException;
  }

  private interface Read<T> {
    T from(ResultSet rows) throws SQLException;
  }

  private Optional<Set<UUID>> idsSince(Instant moment, String sql) {
    return ask(sql, statement -> statement.setString(1, moment.toString()), LedgerReader::idsOf);
  }

  private <T> Optional<T> ask(String sql, Fill parameters, Read<T> read) {
    try (Connection connection = DriverManager.getConnection(url, login);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      parameters.in(statement);
      try (ResultSet rows = statement.executeQuery()) {
        return Optional.of(read.from(rows));
      }
    } catch (SQLException e) {
      if (e.getSQLState() != null && e.getSQLState().startsWith("42")) {
        throw new IllegalStateException("the evidence can't be read", e);
      }
      return Optional.empty();
    }
  }

  private static Set<UUID> idsOf(ResultSet rows) throws SQLException {
    var ids = new HashSet<UUID>();
    while (rows.next()) {
      ids.add(rows.getObject(1, UUID.class));
    }
    return ids;
  }

  private static JobRow job(ResultSet row) throws SQLException {
    var request = JSON.readTree(row.getString("request"));
    return new JobRow(
        row.getObject("request_id", UUID.class),
        request.path("prompt").asString(),
        request.path("seed").asLong(),
        status(row.getString("status")),
        row.getInt("attempt"),
        required(row, "created_at"),
        required(row, "deadline_at"),
        instant(row, "finished_at"),
        row.getString("image_url"),
        row.getString("image_sha256"),
        row.getString("image_content_type"),
        row.getObject("image_bytes", Long.class),
        row.getString("error_code"),
        row.getString("error_message"),
        row.getInt("calls_billed"),
        row.getInt("calls_unknown"),
        row.getObject("webhook") != null,
        row.getBoolean("published"));
  }

  private static StepRow step(ResultSet row) throws SQLException {
    return new StepRow(
        row.getObject("request_id", UUID.class),
        row.getLong("seq"),
        Step.valueOf(row.getString("step").toUpperCase(Locale.ROOT)),
        status(row.getString("status")),
        required(row, "created_at"),
        details(row.getString("details")),
        row.getString("image_url"));
  }

  private static Map<String, Object> details(@Nullable String json) {
    var details = new HashMap<String, Object>();
    if (json != null) {
      JSON.readTree(json)
          .properties()
          .forEach(field -> details.put(field.getKey(), value(field.getValue())));
    }
    return details;
  }

  private static Object value(JsonNode node) {
    if (node.isObject()) {
      var inner = new HashMap<String, Object>();
      node.properties().forEach(field -> inner.put(field.getKey(), value(field.getValue())));
      return inner;
    }
    if (node.isArray()) {
      return node.valueStream().map(LedgerReader::value).toList();
    }
    if (node.isIntegralNumber()) {
      return node.asLong();
    }
    return node.isBoolean() ? (Object) node.asBoolean() : node.asString();
  }

  private static JobStatus status(String word) {
    return JobStatus.of(word).orElseThrow();
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    var time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static Instant required(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
