package dev.darkroom.ledger.log;

import dev.darkroom.ledger.horizon.LogWriters;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads steps with their numbers, oldest first, for whoever follows the log. */
public final class ReadSteps {
  private final JdbcClient database;
  private final JdbcClient lookups;
  private final JdbcClient searches;
  private final LedgerJson json;
  private final LogWriters writers;

  /**
   * @param database for what is read once for all who listen
   * @param readers for what is read for one of them
   */
  public ReadSteps(JdbcClient database, ReadPools readers, LedgerJson json) {
    this.database = database;
    this.lookups = readers.lookups();
    this.searches = readers.searches();
    this.json = json;
    this.writers = new LogWriters(database);
  }

  /**
   * The steps of all requests from now on.
   *
   * @param patience how long a transaction may hold up the steps after its own
   */
  public LogTail tail(InstantSource clock, Duration patience) {
    return new LogTail(new Table(), clock, patience);
  }

  /** The number of the newest step that can be seen; 0 where there is none. */
  public long newest() {
    return lookups
        .sql("select coalesce(max(seq), 0) from public.generation_logs")
        .query(Long.class)
        .single();
  }

  /** Whether a step has this number; 0 stands for the place before the first one. */
  public boolean has(long seq) {
    return seq == 0
        || lookups
            .sql("select exists (select from public.generation_logs where seq = :seq)")
            .param("seq", seq)
            .query(Boolean.class)
            .single();
  }

  /** Steps of these requests with numbers above {@code after} and up to {@code upTo}. */
  public List<NumberedStep> ofRequests(
      Collection<RequestId> requests, long after, long upTo, int limit) {
    return lookups
        .sql(
            """
            select * from public.generation_logs
            where request_id = any(:ids::uuid[]) and seq > :after and seq <= :upTo
            order by seq limit :limit
            """)
        .param("ids", Columns.texts(requests.stream()))
        .param("after", after)
        .param("upTo", upTo)
        .param("limit", limit)
        .query((row, _) -> read(row))
        .list();
  }

  /** Steps of this user's requests with numbers above {@code after} and up to {@code upTo}. */
  public List<NumberedStep> ofUser(String userId, long after, long upTo, int limit) {
    return searches
        .sql(
            """
            select * from public.generation_logs
            where user_id = :userId and seq > :after and seq <= :upTo
            order by seq limit :limit
            """)
        .param("userId", userId)
        .param("after", after)
        .param("upTo", upTo)
        .param("limit", limit)
        .query((row, _) -> read(row))
        .list();
  }

  /** Which of these requests there are. */
  public Set<RequestId> knownAmong(Collection<RequestId> requests) {
    return Set.copyOf(
        lookups
            .sql(
                "select request_id from public.generation_jobs where request_id = any(:ids::uuid[])")
            .param("ids", Columns.texts(requests.stream()))
            .query((row, _) -> Columns.requestId(row))
            .list());
  }

  /** Which of these requests have their last step among those up to this number. */
  public Set<RequestId> endedUpTo(long seq, Collection<RequestId> requests) {
    return Set.copyOf(
        lookups
            .sql(
                """
                select distinct request_id from public.generation_logs
                where request_id = any(:ids::uuid[]) and seq <= :seq and status in ('completed', 'failed')
                """)
            .param("ids", Columns.texts(requests.stream()))
            .param("seq", seq)
            .query((row, _) -> Columns.requestId(row))
            .list());
  }

  private NumberedStep read(ResultSet row) throws SQLException {
    return new NumberedStep(row.getLong("seq"), LogEntry.read(row, json));
  }

  private final class Table implements LogTail.Log {
    @Override
    public Optional<LogTail.Mark> newest() {
      return database
          .sql("select seq, id from public.generation_logs order by seq desc limit 1")
          .query((row, _) -> new LogTail.Mark(row.getLong("seq"), row.getObject("id", UUID.class)))
          .optional();
    }

    @Override
    public List<NumberedStep> from(long seq, int limit) {
      return database
          .sql("select * from public.generation_logs where seq >= :seq order by seq limit :limit")
          .param("seq", seq)
          .param("limit", limit)
          .query((row, _) -> read(row))
          .list();
    }

    @Override
    public Set<String> writers() {
      return writers.now().writers();
    }
  }
}
