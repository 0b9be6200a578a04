package dev.darkroom.ledger.log;

import dev.darkroom.ledger.horizon.LogWriters;
import dev.darkroom.ledger.horizon.SettledHorizon;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Copies the prompts of the log's first steps to where they are searched by their trigrams. They
 * are copied in one order, and only when nothing before them can appear any more: what lies before
 * the last copied one is all there. Any number of gateways may do so at once.
 */
public final class IndexPrompts {
  /** Statements end after 5 s. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /** Nobody writes for that long; what is in the log by then is settled, whoever writes now. */
  private static final Duration LONGEST_WRITER = Duration.ofDays(1);

  private final JdbcClient database;
  private final LogWriters writers;
  private final SettledHorizon horizon;

  public IndexPrompts(JdbcClient database) {
    this(database, MARGIN);
  }

  IndexPrompts(JdbcClient database, Duration margin) {
    this.database = database;
    this.writers = new LogWriters(database);
    this.horizon = new SettledHorizon(margin, LONGEST_WRITER);
  }

  /** The last one that was copied. */
  private record Last(OffsetDateTime acceptedAt, RequestId requestId) {
    static final Last NONE = new Last(OffsetDateTime.MIN, new RequestId(new UUID(0, 0)));
  }

  /** Whether there is an index of trigrams: without it there is nothing to copy for. */
  public boolean hasIndex() {
    return database
        .sql("select to_regclass('public.idx_generation_prompts_prompt') is not null")
        .query(Boolean.class)
        .single();
  }

  /**
   * Copies the next ones.
   *
   * @param limit how many at most
   * @return how many there were that no other gateway was quicker to copy
   */
  public int copySettled(int limit) {
    var settled = horizon.reached(writers.now());
    var last = last();
    // All in the same order, or two gateways would wait for each other.
    return database
        .sql(
            """
            insert into public.generation_prompts (accepted_at, request_id, user_id, prompt)
            select created_at, request_id, user_id, prompt from public.generation_logs
            where status = 'started' and created_at >= :acceptedAt and created_at < :settled
              and (created_at, request_id) > (:acceptedAt, :requestId)
            order by created_at, request_id limit :limit
            on conflict (accepted_at, request_id) do nothing
            """)
        .param("acceptedAt", last.acceptedAt())
        .param("requestId", last.requestId().value())
        .param("settled", settled)
        .param("limit", limit)
        .update();
  }

  /** How long the first one that is not copied has been in the log; zero where all are. */
  public Duration behind() {
    var last = last();
    return database
        .sql(
            """
            select (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint
            from public.generation_logs
            where status = 'started' and created_at >= :acceptedAt
              and (created_at, request_id) > (:acceptedAt, :requestId)
            order by created_at, request_id limit 1
            """)
        .param("acceptedAt", last.acceptedAt())
        .param("requestId", last.requestId().value())
        .query(Long.class)
        .optional()
        .map(Duration::ofMillis)
        .orElse(Duration.ZERO);
  }

  private Last last() {
    return database
        .sql(
            """
            select accepted_at, request_id from public.generation_prompts
            order by accepted_at desc, request_id desc limit 1
            """)
        .query((row, _) ->
            new Last(row.getObject("accepted_at", OffsetDateTime.class), Columns.requestId(row)))
        .optional()
        .orElse(Last.NONE);
  }
}
