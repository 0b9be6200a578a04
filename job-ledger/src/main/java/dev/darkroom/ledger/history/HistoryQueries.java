package dev.darkroom.ledger.history;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.history.HistoryPosition.MissingNumbers;
import dev.darkroom.ledger.history.HistoryRead.EpochChanged;
import dev.darkroom.ledger.history.HistoryRead.HistoryPage;
import dev.darkroom.ledger.jobs.FinishedJob;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the ends of jobs in the order of the numbers of their steps. Transactions commit in another
 * order than they draw numbers, so a page ends before the first number that may still come: none
 * that is committed late is skipped. See
 * docs/decisions/0055-read-ends-up-to-the-first-open-number.md.
 */
public final class HistoryQueries {
  /**
   * A step is committed in half of this time, so no number below an older one's can still come. It
   * is what remains to be waited for where a transaction stays open that has nothing to do with it.
   */
  static final Duration SETTLED_AFTER = Duration.ofMinutes(10);

  /** A statement looks at so many steps for the first missing number, in some tens of ms. */
  private static final int WINDOW = 100_000;

  private static final int MAX_BYTES = 1024 * 1024;

  /** An event without its error's message. */
  private static final int OTHER_BYTES = 800;

  private final JdbcClient database;
  private final LedgerEpoch epoch;

  /**
   * Creates it.
   *
   * @param database runs each statement in a transaction of its own
   */
  public HistoryQueries(JdbcClient database, LedgerEpoch epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  /**
   * The visible ends after a position; fewer than the limit where they are large.
   *
   * @param after empty for the first ones
   */
  public HistoryRead read(Optional<HistoryPosition> after, Visibility visible, int limit) {
    // before the page: one of a server that takes over in between then has the epoch of the server
    // before it, which the next read notices
    var now = epoch.current();
    var position = after.orElseGet(() -> new HistoryPosition(now, 0, null));
    if (!position.epoch().equals(now)) {
      return new EpochChanged(now);
    }
    var read = page(position, visible, limit);
    return read instanceof HistoryPage page && page.ends().isEmpty() && !page.complete()
        ? page(page.next(), visible, limit) // what was missing may be settled by now
        : read;
  }

  /**
   * Steps up to the settled number were committed, or never will be: it is the reader's position;
   * or the highest number at the time when missing ones were met, once all transactions of that
   * time have ended; or the number of an old end. From there on numbers have to follow each other.
   *
   * <p>The next transaction's id comes from {@code age}, which counts from it: a snapshot only
   * knows of the latest one that has ended.
   */
  private HistoryRead page(HistoryPosition position, Visibility visible, int limit) {
    var missing = position.missing();
    return database
        .sql(
            """
            with oldest as materialized (
              select pg_snapshot_xmin(pg_current_snapshot()) as open),
            ended as materialized (
              select seq, request_id from public.generation_logs
              where status in ('completed', 'failed') and seq > :after and (:owner::text is null or owner = :owner)
              order by seq limit :limit),
            settled as materialized (
              select greatest(:after::bigint,
                case when open >= (:before::text)::xid8 then :upTo::bigint end,
                (select seq from public.generation_logs
                  where status = 'completed' and created_at < now() - :settled * interval '1 second'
                  order by created_at desc limit 1),
                (select seq from public.generation_logs
                  where status = 'failed' and created_at < now() - :settled * interval '1 second'
                  order by created_at desc limit 1)) as seq
              from oldest),
            following as (
              select seq, row_number() over (order by seq) as place from public.generation_logs
              where seq > (select seq from settled) and seq <= (select max(seq) from ended)
              order by seq limit :window),
            bounds as materialized (
              select newest, open::text::bigint + age(open::xid) as next_transaction,
                settled.seq + (select count(*) from following where seq = settled.seq + place) as readable
              from oldest, settled, (select coalesce(max(seq), 0) as newest from public.generation_logs) as log)
            select newest, next_transaction, readable, ended.seq, job.*
            from bounds left join ended on true
              left join lateral (
                select request_id, user_id, status, attempts, image_url, image_sha256, image_content_type,
                  image_bytes, error_code, error_message, finished_at, created_at, traceparent
                from public.generation_jobs
                where request_id = ended.request_id and finished_at is not null limit 1) job on true
            order by ended.seq
            """)
        .param("after", position.seq())
        .param("owner", visible.owner())
        .param("upTo", missing == null ? null : missing.upTo())
        .param("before", missing == null ? null : String.valueOf(missing.before()))
        .param("settled", SETTLED_AFTER.toSeconds())
        .param("window", WINDOW)
        .param("limit", limit + 1)
        .query((ResultSet rows) -> read(rows, position, limit));
  }

  /** Each row has the bounds; there is one row at least, without an end where there is none. */
  private static HistoryRead read(ResultSet rows, HistoryPosition position, int limit)
      throws SQLException {
    var ends = new ArrayList<FinishedJob>();
    var seq = position.seq();
    long bytes = 0;
    for (var number = 0; rows.next(); number++) {
      var bounds = PageBounds.of(rows);
      if (bounds.newest() < position.seq()) {
        return new EpochChanged(position.epoch()); // these numbers are to come again
      }
      var end = rows.getLong("seq");
      if (rows.wasNull()) {
        break;
      } else if (end > bounds.readable()) {
        return new HistoryPage(ends, bounds.beforeMissing(position), false);
      } else if (number == limit || bytes >= MAX_BYTES) {
        return new HistoryPage(ends, position.at(seq, stillAhead(position, seq)), false);
      }
      seq = end;
      if (rows.getString("status") != null) { // else the job was deleted
        var finished = FinishedJob.of(rows);
        ends.add(finished);
        bytes += OTHER_BYTES + bytes(finished.event().errorMessage());
      }
    }
    return new HistoryPage(ends, position.at(seq, stillAhead(position, seq)), true);
  }

  private static @Nullable MissingNumbers stillAhead(HistoryPosition position, long seq) {
    var missing = position.missing();
    return missing != null && seq < missing.upTo() ? missing : null;
  }

  private static int bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * How far a reader may go.
   *
   * @param newest the highest number that can be seen
   * @param nextTransaction all transactions that have drawn a number have ids before this one
   * @param readable no number up to this one can still come
   */
  private record PageBounds(long newest, long nextTransaction, long readable) {
    static PageBounds of(ResultSet row) throws SQLException {
      return new PageBounds(
          row.getLong("newest"), row.getLong("next_transaction"), row.getLong("readable"));
    }

    /** A reader goes on to wait for numbers that it has met before. */
    HistoryPosition beforeMissing(HistoryPosition position) {
      var known = stillAhead(position, readable);
      return position.at(
          readable, known == null ? new MissingNumbers(newest, nextTransaction) : known);
    }
  }
}
