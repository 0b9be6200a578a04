package dev.darkroom.ledger.limit;

import java.sql.Types;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The limit of calls that all workers share: one row in {@code generation_limits}, changed by one
 * statement. Calls come evenly, as in the generic cell rate algorithm (ITU-T I.371): {@code
 * free_at} is when the next call may begin.
 */
public final class RateLimitStore {
  /** No pause is longer, whatever a provider asks for: outages end sooner than announced. */
  public static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final JdbcClient database;

  public RateLimitStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * What a worker tells and wants.
   *
   * @param returned permits it did not use
   * @param wanted calls it could begin now; 0 for none
   * @param told requests per minute that the provider says it grants; null where it did not say
   * @param pause how long the provider wants no calls, at most {@link #LONGEST_PAUSE}; zero where
   *     it did not refuse one
   */
  public record PermitRequest(int returned, int wanted, @Nullable Integer told, Duration pause) {}

  /**
   * The answer, with times as lengths from now.
   *
   * @param permits calls that may begin; 0 where the next one is too far away
   * @param startsIn when they may begin or, without permits, when the next one may
   * @param perMinute calls per minute of all workers
   * @param pausedFor how long the provider wants no calls; zero where it wants some
   */
  public record PermitGrant(int permits, Duration startsIn, double perMinute, Duration pausedFor) {}

  /** Begins with the setting, unless this row already began with the same. */
  public void begin(String name, int perMinute) {
    database
        .sql(
            """
            insert into public.generation_limits as known
              (name, start_per_minute, granted_per_minute, calls_per_minute)
            values (:name, :start, :start, :start)
            on conflict (name) do update
            set start_per_minute = :start, granted_per_minute = :start, calls_per_minute = :start
            where known.start_per_minute <> :start
            """)
        .param("name", name)
        .param("start", perMinute)
        .update();
  }

  /**
   * Takes permits. The commit is not synced: a crash of the server forgets the last permits only.
   *
   * @return empty where there is no such row; it has to {@link #begin}
   * @throws org.springframework.dao.DataAccessException where the row can't be written
   */
  public Optional<PermitGrant> take(String name, PermitRequest request) {
    return database
        .sql(
            """
            with lazily as materialized (select set_config('synchronous_commit', 'off', true)),
            known as (
              select name, calls_per_minute, free_at, paused_until, changed_at,
                coalesce(:told, granted_per_minute) as granted,
                clock_timestamp() as now
              from public.generation_limits, lazily where name = :name for update of generation_limits
            ),
            -- what lies further ahead than any call puts it was written before the clock was put back
            near as (
              select name, calls_per_minute, granted, now, least(changed_at, now) as changed_at,
                least(paused_until, now + :longest * interval '1 ms') as paused_until,
                least(free_at, now + interval '1 second'
                  + ceil(calls_per_minute / 120) * interval '60.6 seconds' / calls_per_minute) as free_at
              from known
            ),
            -- a refusal lowers the limit once for all calls that were on their way; without one it
            -- goes up by a fiftieth every six seconds, to what is granted
            ruled as (
              select near.*,
                case
                  when :pause > 0 and paused_until < now then greatest(1, calls_per_minute * 0.9)
                  when calls_per_minute > granted then granted
                  when paused_until < now and changed_at < now - interval '6 seconds'
                    then least(granted, calls_per_minute + granted * 0.02)
                  else calls_per_minute
                end as per_minute,
                greatest(paused_until, case when :pause > 0 then now + :pause * interval '1 ms' end) as pause_end
              from near
            ),
            paced as (
              select ruled.*, step,
                greatest(free_at - :returned * step, now - interval '1 second', pause_end) as next
              from ruled, lateral (select interval '60.6 seconds' / per_minute as step) as steps
            ),
            granted as (
              select paced.*,
                case when next > now + interval '1 second' then 0
                  else least(:wanted, ceil(per_minute / 120)::integer) end as permits
              from paced
            )
            update public.generation_limits as kept
            set granted_per_minute = granted.granted, calls_per_minute = per_minute,
              free_at = next + permits * step, paused_until = pause_end,
              changed_at = case when per_minute <> kept.calls_per_minute then now else granted.changed_at end
            from granted where kept.name = granted.name
            returning permits, per_minute, extract(epoch from next - now) as starts_in,
              extract(epoch from pause_end - now) as paused_for
            """)
        .param("name", name)
        .param("returned", request.returned())
        .param("wanted", request.wanted())
        .param("told", request.told(), Types.INTEGER)
        .param("pause", request.pause().toMillis())
        .param("longest", LONGEST_PAUSE.toMillis())
        .query((row, _) ->
            new PermitGrant(
                row.getInt("permits"),
                seconds(row.getDouble("starts_in")),
                row.getDouble("per_minute"),
                seconds(row.getDouble("paused_for"))))
        .optional();
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) Math.max(0, Math.ceil(seconds * 1000)));
  }
}
