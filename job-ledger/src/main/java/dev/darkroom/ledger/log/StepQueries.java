package dev.darkroom.ledger.log;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads steps for streams, oldest first. */
public final class StepQueries implements LogTail.Source {
  private final JdbcClient database;
  private final JdbcClient lookups;
  private final JdbcClient searches;
  private final LedgerJson json;

  /**
   * @param database for what is read once for all streams
   * @param readers for what is read for one of them
   */
  public StepQueries(JdbcClient database, ReadPools readers, LedgerJson json) {
    this.database = database;
    this.lookups = readers.lookups();
    this.searches = readers.searches();
    this.json = json;
  }

  /** The number of the newest step that can be seen; 0 where there is none. */
  public long newest() {
    return lookups
        .sql("select coalesce(max(seq), 0) from public.generation_logs")
        .query(Long.class)
        .single();
  }

  /**
   * A number up to which everything had been committed before a client got this step; a little more
   * than the longest commit lies between them. Empty where no step has this number.
   */
  public OptionalLong committedBefore(long seq) {
    if (seq == 0) { // the place before the first step
      return OptionalLong.of(0);
    }
    return lookups
        .sql(
            """
            select coalesce(
              (select older.seq from public.generation_logs as older
               where older.created_at < step.created_at - :commits * interval '1 second'
               order by older.created_at desc limit 1), 0)
            from public.generation_logs as step where step.seq = :seq
            """)
        .param("seq", seq)
        .param("commits", 2 * LogTail.LONGEST_COMMIT.toSeconds()) // its own, and that of the older
        .query((row, _) -> OptionalLong.of(row.getLong(1)))
        .optional()
        .orElseGet(OptionalLong::empty);
  }

  /** Steps of these requests with numbers above {@code after} and up to {@code upTo}. */
  public List<LogEntry> ofRequests(
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

  /**
   * Visible steps of this user's requests with numbers above {@code after} and up to {@code upTo}.
   */
  public List<LogEntry> ofUser(
      String userId, Visibility visible, long after, long upTo, int limit) {
    return searches
        .sql(
            """
            select * from public.generation_logs
            where user_id = :userId and (:owner::text is null or owner = :owner)
              and seq > :after and seq <= :upTo
            order by seq limit :limit
            """)
        .param("owner", visible.owner())
        .param("userId", userId)
        .param("after", after)
        .param("upTo", upTo)
        .param("limit", limit)
        .query((row, _) -> read(row))
        .list();
  }

  /** Which of these requests there are and are visible. */
  public Set<RequestId> knownAmong(Collection<RequestId> requests, Visibility visible) {
    return Set.copyOf(
        lookups
            .sql(
                """
                select request_id from public.generation_jobs
                where request_id = any(:ids::uuid[]) and (:owner::text is null or owner = :owner)
                """)
            .param("owner", visible.owner())
            .param("ids", Columns.texts(requests.stream()))
            .query((row, _) -> Columns.requestId(row))
            .list());
  }

  /**
   * Which of these requests have ended with a step that a client has got which got this one last.
   * Of several, the end of one may have been committed after a higher number of another; so ends
   * count only when they are old enough.
   */
  public Set<RequestId> endedUpTo(long seq, Collection<RequestId> requests) {
    var age = requests.size() == 1 ? Duration.ZERO : LogTail.LONGEST_COMMIT;
    return Set.copyOf(
        lookups
            .sql(
                """
                select distinct request_id from public.generation_logs
                where request_id = any(:ids::uuid[]) and seq <= :seq and status in ('completed', 'failed')
                  and created_at <= now() - :age * interval '1 second'
                """)
            .param("ids", Columns.texts(requests.stream()))
            .param("seq", seq)
            .param("age", age.toSeconds())
            .query((row, _) -> Columns.requestId(row))
            .list());
  }

  private LogEntry read(ResultSet row) throws SQLException {
    return LogEntry.read(row, json);
  }

  @Override
  public List<LogTail.StepMark> newest(int limit) {
    return database
        .sql("select seq, id from public.generation_logs order by seq desc limit :limit")
        .param("limit", limit)
        .query(
            (row, _) -> new LogTail.StepMark(row.getLong("seq"), row.getObject("id", UUID.class)))
        .list();
  }

  /** Two branches: with "or" the planner may read the whole index for the order. */
  @Override
  public List<LogEntry> read(Collection<Long> numbers, long from, int limit) {
    return database
        .sql(
            """
            select * from public.generation_logs where seq = any(:numbers::bigint[])
            union all
            (select * from public.generation_logs where seq >= :from order by seq limit :limit)
            order by seq
            """)
        .param("numbers", numbers.toArray(Long[]::new))
        .param("from", from)
        .param("limit", limit)
        .query((row, _) -> read(row))
        .list();
  }
}
