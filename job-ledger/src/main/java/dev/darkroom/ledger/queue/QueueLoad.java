package dev.darkroom.ledger.queue;

import dev.darkroom.ledger.row.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Says how much waits in the queue, how fast it moves, and where the lines of its owners end. */
public final class QueueLoad {
  /** Jobs in line are counted no further. */
  public static final int MOST_IN_LINE = 50_000;

  /** Of one line, jobs of one priority are counted no further. */
  public static final int MOST_OF_PRIORITY = 1_000;

  private static final int EACH = 200;
  private static final int PICTURES = 1_000;
  private static final int TIMES = 200;

  private final JdbcClient lookups;
  private final QueueEdges edges;

  public QueueLoad(JdbcClient lookups, QueueEdges edges) {
    this.lookups = lookups;
    this.edges = edges;
  }

  /**
   * What waits.
   *
   * @param at by the database's clock
   * @param serving the latest turn that was dispatched
   * @param dispatched jobs that wait for a worker; {@link QueuePositions#FURTHEST} at most
   * @param slots jobs that the workers which take some can run at a time
   * @param isPaused whether an operator has paused all jobs
   * @param line jobs in line by their turns; empty where none are
   */
  public record WaitingJobs(
      Instant at, long serving, int dispatched, int slots, boolean isPaused, List<TurnCount> line) {
    public WaitingJobs {
      line = List.copyOf(line);
    }
  }

  /**
   * A place in the line of all.
   *
   * @param jobs in line up to this turn, and with it
   */
  public record TurnCount(long turn, int jobs) {}

  /** What waits now. */
  public WaitingJobs waiting() {
    var edge = edges.latest();
    return lookups
        .sql(
            """
            select turn, jobs, counted.* from (
              select clock_timestamp() as at, greatest(0, (select now_serving from public.generation_turns)) as serving,
                (select count(*) from (select from public.generation_queue
                  where state = 'dispatched' and publish_after >= :edge
                  order by publish_after limit :furthest) as gone) as dispatched,
                (select coalesce(sum(slots), 0) from public.generation_workers
                  where lease_until > now() and (pause_reason is null or pause_reason = 'quota')) as slots,
                exists (select from public.generation_pauses where scope = 'all') as paused) as counted
            left join (
              select turn, row_number() over (order by turn, request_id) as jobs,
                lead(turn) over (order by turn, request_id) is null as last
              from (select turn, request_id from public.generation_queue
                where state = 'in_line' and turn >= :turn
                order by turn, request_id limit :most) as line) as numbered
              on jobs <= :each or jobs % :each = 0 or last
            order by jobs
            """)
        .param("edge", edge.dispatched())
        .param("turn", edge.turn())
        .param("furthest", QueuePositions.FURTHEST)
        .param("most", MOST_IN_LINE)
        .param("each", EACH)
        .query(QueueLoad::load);
  }

  private static WaitingJobs load(ResultSet rows) throws SQLException {
    rows.next(); // there is always one
    var at = Columns.instant(rows, "at");
    var serving = rows.getLong("serving");
    var dispatched = rows.getInt("dispatched");
    var slots = rows.getInt("slots");
    var paused = rows.getBoolean("paused");
    var line = new ArrayList<TurnCount>();
    do {
      var jobs = rows.getInt("jobs");
      if (jobs > 0) {
        line.add(new TurnCount(rows.getLong("turn"), jobs));
      }
    } while (rows.next());
    return new WaitingJobs(at, serving, dispatched, slots, paused, line);
  }

  /**
   * Pictures of late.
   *
   * @param pictures how many came
   * @param within in how much time
   * @param mean time of an attempt that brought one, call and saving; null if there was none
   * @param slow time that one in twenty of these exceeds
   */
  public record RecentPictures(
      int pictures, Duration within, @Nullable Duration mean, @Nullable Duration slow) {}

  /**
   * The pictures of so long, or the latest thousand if there were more. The times of attempts are
   * those of the last five minutes.
   */
  public RecentPictures pictures(Duration within) {
    return lookups
        .sql(
            """
            select pictures, mean, slow,
              case when pictures < :most then :within
                else (extract(epoch from clock_timestamp() - first) * 1000)::bigint end as within
            from (
              select count(*) as pictures, min(created_at) as first from (
                select created_at from public.generation_logs
                where status = 'completed' and created_at > clock_timestamp() - :within * interval '1 millisecond'
                order by created_at desc limit :most) as latest) as counted,
              (select avg(took)::bigint as mean, percentile_disc(0.95) within group (order by took) as slow from (
                select (details ->> 'callMillis')::bigint + (details ->> 'savingMillis')::bigint as took
                from public.generation_logs
                where status = 'completed' and created_at > now() - interval '5 minutes'
                order by created_at desc limit :times) as latest) as timed
            """)
        .param("within", within.toMillis())
        .param("most", PICTURES)
        .param("times", TIMES)
        .query((row, _) ->
            new RecentPictures(
                row.getInt("pictures"),
                Duration.ofMillis(row.getLong("within")),
                millis(row, "mean"),
                millis(row, "slow")))
        .single();
  }

  private static @Nullable Duration millis(ResultSet row, String column) throws SQLException {
    var value = row.getObject(column, Long.class);
    return value == null ? null : Duration.ofMillis(value);
  }

  /**
   * Where a line ends.
   *
   * @param last its last turn
   * @param byPriority its jobs by their priority, from 1 to 5, each counted up to {@link
   *     #MOST_OF_PRIORITY}; null where all have the same
   */
  public record LineEnd(long last, @Nullable List<Integer> byPriority) {}

  /**
   * The ends of these lines; those without a job in line are left out.
   *
   * @param lines owners, or users of none
   */
  public Map<String, LineEnd> ends(Collection<String> lines) {
    var ends = new HashMap<String, LineEnd>();
    lookups
        .sql(
            """
            select line, line_end.last, case when highest > lowest then array(
              select (select count(*) from (
                  select from public.generation_queue job
                  where case when job.owner = '' then job.user_id else job.owner end = asking.line
                    and state = 'in_line' and job.rank between 2 * level and 2 * level + 1 limit :most) as waiting)::int
              from generate_series(1, 5) as level order by level) end as by_priority
            from unnest(:lines::text[]) as asking (line)
            cross join lateral (
              select
                (select max(turn) from public.generation_queue job
                  where case when job.owner = '' then job.user_id else job.owner end = asking.line
                    and state = 'in_line') as last,
                (select max(rank) from public.generation_queue job
                  where case when job.owner = '' then job.user_id else job.owner end = asking.line
                    and state = 'in_line') as highest,
                (select min(rank) from public.generation_queue job
                  where case when job.owner = '' then job.user_id else job.owner end = asking.line
                    and state = 'in_line') as lowest) as line_end
            where line_end.last is not null
            """)
        .param("lines", Columns.texts(lines.stream()))
        .param("most", MOST_OF_PRIORITY)
        .query((row, _) -> ends.put(row.getString("line"), end(row)))
        .list();
    return ends;
  }

  private static LineEnd end(ResultSet row) throws SQLException {
    var byPriority = row.getArray("by_priority");
    return new LineEnd(
        row.getLong("last"),
        byPriority == null ? null : Arrays.asList((Integer[]) byPriority.getArray()));
  }
}
