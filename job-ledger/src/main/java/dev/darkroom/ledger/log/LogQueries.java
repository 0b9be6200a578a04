package dev.darkroom.ledger.log;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.row.LedgerJson;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the log of all requests, newest rows first. One statement serves all filters, because the
 * server plans for the values of each execution: a filter that is null is not part of the plan.
 * Time range and position are always there, at the worst from one infinity to the other, because
 * they only say where an index is read.
 */
public final class LogQueries {
  private static final Logger log = LoggerFactory.getLogger(LogQueries.class);

  /** Counting so many rows in an index takes some tens of milliseconds. */
  private static final int MAX_COUNT = 100_000;

  /** A text search scans so many rows per statement, which takes some milliseconds. */
  static final int WINDOW = 4_000;

  /** An index of trigrams knows only texts with one; for others the server reads all of it. */
  private static final Pattern TRIGRAM = Pattern.compile("[\\p{L}\\p{Nd}]{3}");

  private final JdbcClient database;
  private final LedgerJson json;

  /**
   * Creates it.
   *
   * @param database plans each execution for its values
   */
  public LogQueries(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Visible rows after this position; fewer than the limit where they are large.
   *
   * @param offset rows to skip; 0 where a text is searched for
   */
  public LogSlice page(
      LogPosition position, LogFilter filter, Visibility visible, int limit, long offset) {
    return filter.text() == null
        ? read(filter, visible, limit, position, offset)
        : search(filter, visible, limit, position);
  }

  /**
   * The same, but a text is only looked for by scans: for a reader who goes on to the end of the
   * log, and would wait for the index, or for its timeout, with each slice.
   */
  public LogSlice scan(LogPosition position, LogFilter filter, Visibility visible, int limit) {
    return filter.text() == null
        ? read(filter, visible, limit, position, 0)
        : scanText(filter, visible, limit, position);
  }

  /**
   * How many visible rows match.
   *
   * @param limited whether there may be more
   */
  public record LogCount(long rows, boolean limited) {
    /** At least as many rows as were seen. */
    public LogCount atLeast(long seen) {
      return seen > rows ? new LogCount(seen, limited) : this;
    }
  }

  /**
   * Counts no further than a limit; a text is only looked for in the newest rows. A count that
   * takes too long is unknown, but the page can be shown.
   */
  public LogCount count(LogFilter filter, Visibility visible) {
    try {
      return filter.text() == null
          ? countMatching(filter, visible)
          : countInWindow(filter, visible);
    } catch (QueryTimeoutException e) {
      log.debug("count timed out; the page is shown without it", e);
      return new LogCount(0, true);
    }
  }

  /**
   * Scans the log, so that a search takes the same time however rare the text is. Only where an
   * operator has created an index of prompts, a rare text is looked up there.
   */
  private LogSlice search(LogFilter filter, Visibility visible, int limit, LogPosition position) {
    var scanned = scanText(filter, visible, limit, position);
    if (scanned.next() == null
        || scanned.entries().size() == limit
        || !TRIGRAM.matcher(String.valueOf(filter.text())).find()
        || !isPromptIndexed()) {
      return scanned;
    }
    try {
      return read(filter, visible, limit, position, 0);
    } catch (QueryTimeoutException e) {
      log.debug("search in the prompt index timed out; the reply has what a scan found", e);
      return scanned;
    }
  }

  private boolean isPromptIndexed() {
    return database
        .sql(
            """
            select exists (select from pg_catalog.pg_index
              where indexrelid = to_regclass('public.idx_generation_logs_prompt') and indisvalid)
            """)
        .query(Boolean.class)
        .single();
  }

  private LogSlice read(
      LogFilter filter, Visibility visible, int limit, LogPosition position, long offset) {
    return where(
            filter,
            visible,
            database.sql(
                """
                select *, true as matches, 0 as number from public.generation_logs
                where (:requestId::uuid is null or request_id = :requestId)
                  and (:owner::text is null or owner = :owner)
                  and (:userId::text is null or user_id = :userId)
                  and (:status::text is null or status = :status)
                  and (:pattern::text is null or prompt ilike :pattern)
                  and created_at >= :since and created_at < :until
                  and (created_at, seq) < (:positionTime, :positionSeq)
                order by created_at desc, seq desc limit :limit offset :offset
                """))
        .param("positionTime", position.createdAt())
        .param("positionSeq", position.seq())
        .param("limit", limit + 1)
        .param("offset", offset)
        .query((ResultSet rows) -> LogSlice.read(rows, limit, json));
  }

  /**
   * The window is read in the order of an index, so it is narrowed only by a filter that has one:
   * the rarest of request, owner, user and status. The others are applied outside, like the text,
   * or the server might apply them to all rows before it sorts a small table. A row that is not
   * visible is never in the window: the place where a scan goes on is told.
   */
  private LogSlice scanText(LogFilter filter, Visibility visible, int limit, LogPosition position) {
    return where(
            filter,
            visible,
            database.sql(
                """
                select * from (
                  select *, prompt ilike :pattern
                    and (:userId::text is null or user_id = :userId)
                    and (:status::text is null or status = :status) as matches
                  from (
                    select *, row_number() over (order by created_at desc, seq desc) as number
                    from public.generation_logs
                    where (:requestId::uuid is null or request_id = :requestId)
                      and (:owner::text is null or owner = :owner)
                      and (:requestId::uuid is not null or :owner::text is not null
                        or :userId::text is null or user_id = :userId)
                      and (:requestId::uuid is not null or :owner::text is not null or :userId::text is not null
                        or :status::text is null or status = :status)
                      and created_at >= :since and created_at < :until
                      and (created_at, seq) < (:positionTime, :positionSeq)
                    order by created_at desc, seq desc limit :window) as scanned) as judged
                where matches or number = :window
                order by created_at desc, seq desc limit :limit
                """))
        .param("positionTime", position.createdAt())
        .param("positionSeq", position.seq())
        .param("window", WINDOW)
        .param("limit", limit + 1)
        .query((ResultSet rows) -> LogSlice.read(rows, limit, json));
  }

  /** Ordered, so that the server reads an index and not all rows. */
  private LogCount countMatching(LogFilter filter, Visibility visible) {
    var rows =
        where(
                filter,
                visible,
                database.sql(
                    """
                    select count(*) from (
                      select from public.generation_logs
                      where (:requestId::uuid is null or request_id = :requestId)
                        and (:owner::text is null or owner = :owner)
                        and (:userId::text is null or user_id = :userId)
                        and (:status::text is null or status = :status)
                        and created_at >= :since and created_at < :until
                      order by created_at desc limit :limit) as matching
                    """))
            .param("limit", MAX_COUNT + 1)
            .query(Long.class)
            .single();
    return rows > MAX_COUNT ? new LogCount(MAX_COUNT, true) : new LogCount(rows, false);
  }

  private LogCount countInWindow(LogFilter filter, Visibility visible) {
    return where(
            filter,
            visible,
            database.sql(
                """
                select count(*) = :window as limited, count(*) filter (where prompt ilike :pattern
                  and (:userId::text is null or user_id = :userId)
                  and (:status::text is null or status = :status)) as matching
                from (
                  select prompt, status, user_id from public.generation_logs
                  where (:requestId::uuid is null or request_id = :requestId)
                    and (:owner::text is null or owner = :owner)
                    and (:requestId::uuid is not null or :owner::text is not null
                      or :userId::text is null or user_id = :userId)
                    and (:requestId::uuid is not null or :owner::text is not null or :userId::text is not null
                      or :status::text is null or status = :status)
                    and created_at >= :since and created_at < :until
                  order by created_at desc limit :window) as scanned
                """))
        .param("window", WINDOW)
        .query((row, _) -> new LogCount(row.getLong("matching"), row.getBoolean("limited")))
        .single();
  }

  private static JdbcClient.StatementSpec where(
      LogFilter filter, Visibility visible, JdbcClient.StatementSpec statement) {
    return statement
        .param("owner", visible.owner())
        .param("requestId", filter.requestId() == null ? null : filter.requestId().value())
        .param("userId", filter.userId())
        .param("status", filter.status() == null ? null : filter.status().word())
        .param("pattern", filter.pattern())
        .param("since", orElse(filter.since(), OffsetDateTime.MIN))
        .param("until", orElse(filter.until(), OffsetDateTime.MAX));
  }

  private static OffsetDateTime orElse(@Nullable Instant at, OffsetDateTime infinity) {
    return at == null ? infinity : at.atOffset(ZoneOffset.UTC);
  }
}
