package dev.darkroom.ledger.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where the live entries of the queue's indexes begin. The entries of jobs that moved on gather
 * before them, and PostgreSQL can't remove those while any snapshot is older: a dump, a forgotten
 * transaction, a replica. Reading an index from its edge on does not pass them.
 *
 * <p>An edge lies behind what a statement that is not committed yet may still bring up: a minute
 * for times, and for turns the one that was served at the look before. A row that comes up even
 * later is seen by the next look.
 */
public final class QueueEdges {
  private static final Logger log = LoggerFactory.getLogger(QueueEdges.class);
  private static final QueueEdge BEFORE_ALL =
      new QueueEdge(OffsetDateTime.MIN, OffsetDateTime.MIN, OffsetDateTime.MIN, 0, 0);

  private final JdbcClient database;
  private final Duration lookEvery;
  private final LongSupplier nanoTime;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile QueueEdge edge = BEFORE_ALL;
  private volatile long nextLook;

  /**
   * @param lookEvery between two looks, which do pass what is dead
   */
  public QueueEdges(JdbcClient database, Duration lookEvery) {
    this(database, lookEvery, System::nanoTime);
  }

  /**
   * @param nanoTime by which it is time to look
   */
  public QueueEdges(JdbcClient database, Duration lookEvery, LongSupplier nanoTime) {
    this.database = database;
    this.lookEvery = lookEvery;
    this.nanoTime = nanoTime;
    this.nextLook = nanoTime.getAsLong();
  }

  /**
   * No live row in this state is earlier: its {@code publish_after}, or its turn in line.
   *
   * @param serving the turn that was served
   */
  record QueueEdge(
      OffsetDateTime dispatched,
      OffsetDateTime due,
      OffsetDateTime ended,
      long turn,
      long serving) {}

  /**
   * Looks, where the last look was too long ago and no other thread is looking. One that fails
   * leaves the edge where it was: it is only late.
   */
  QueueEdge current() {
    if (nanoTime.getAsLong() - nextLook >= 0 && looking.tryLock()) {
      try {
        edge = look(edge.serving());
      } catch (DataAccessException e) {
        log.atWarn()
            .addKeyValue("reason", String.valueOf(e.getMessage()))
            .log("could not find where the queue begins; it is read from where it began before");
      } finally {
        nextLook = nanoTime.getAsLong() + lookEvery.toNanos();
        looking.unlock();
      }
    }
    return edge;
  }

  /** Without a look, for readers that must not wait for one. */
  QueueEdge latest() {
    return edge;
  }

  private QueueEdge look(long servedBefore) {
    return database
        .sql(
            """
            select least(now() - interval '1 minute', (select min(publish_after)
                from public.generation_queue where state = 'dispatched')) as dispatched,
              least(now() - interval '1 minute', (select min(publish_after)
                from public.generation_queue where state = 'due')) as due,
              least(now() - interval '1 minute', (select min(publish_after)
                from public.generation_queue where state = 'ended')) as ended,
              greatest(0, least(:servedBefore, (select now_serving from public.generation_turns),
                (select min(turn) from public.generation_queue where state = 'in_line'))) as turn,
              greatest(0, (select now_serving from public.generation_turns)) as serving
            """)
        .param("servedBefore", servedBefore)
        .query((row, _) -> edge(row))
        .single();
  }

  private static QueueEdge edge(ResultSet row) throws SQLException {
    return new QueueEdge(
        row.getObject("dispatched", OffsetDateTime.class),
        row.getObject("due", OffsetDateTime.class),
        row.getObject("ended", OffsetDateTime.class),
        row.getLong("turn"),
        row.getLong("serving"));
  }
}
