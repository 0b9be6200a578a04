package dev.darkroom.ledger.webhooks;

import dev.darkroom.ledger.groups.FinishedGroup;
import java.time.Duration;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the log and makes a delivery of each event that a job's webhook is for. Nothing that works
 * on jobs has to know of webhooks.
 */
public final class EventCollector {
  /** As many numbers may be missing at a time; see {@code LogTail}. */
  private static final int MOST_MISSING = 10_000;

  /** Of an error, in characters: with it a body stays below 20 kB, as Standard Webhooks advises. */
  private static final int LONGEST_MESSAGE = 2_000;

  private final JdbcClient database;

  public EventCollector(JdbcClient database) {
    this.database = database;
  }

  /**
   * What one statement did.
   *
   * @param steps of the log that were read for the first time
   * @param deliveries that were made of them
   */
  public record Collected(int steps, int deliveries) {
    static final Collected NOTHING = new Collected(0, 0);
  }

  /**
   * Goes on from where the latest call of any gateway ended: events, deliveries and the new place
   * are one commit, and a delivery has the id of its step, so that each event has exactly one
   * however often gateways crash. Does nothing while another gateway is at it.
   *
   * <p>Transactions commit in another order than they draw numbers. A number that is missing is
   * asked for again until all transactions that may have drawn it are over: those below the end of
   * the snapshot in which it was first missing, for each has written to a job before it draws a
   * number, and so has its id. However long a commit takes, no event is lost, and none waits for
   * another's transaction.
   *
   * <p>One gateway at a time has the cursor's lock. A statement may get the lock just after another
   * gateway's commit, which its snapshot doesn't show; then the count of rounds differs, and it
   * does nothing. Jobs are looked up one by one, whatever the planner believes.
   *
   * @param limit steps at most
   * @param baseUrl goes before the picture's path; empty for the path alone
   * @param patience how long a delivery is tried
   */
  public Collected collect(int limit, String baseUrl, Duration patience) {
    return database
        .sql(
            """
            with place as materialized (
              select seq, missing, missing_before
              from public.generation_webhook_cursor as known
              where round = (select round from public.generation_webhook_cursor)
                and (missing <> '{}' or (select max(seq) from public.generation_logs) > known.seq)
              for update skip locked),
            step as materialized (
              select seq, id, request_id, status, step, details, created_at
              from public.generation_logs
              where seq = any (array(select unnest(missing) from place))
              union all
              (select seq, id, request_id, status, step, details, created_at
              from public.generation_logs
              where seq > (select seq from place)
              order by seq limit :limit)),
            reached as (
              select greatest(place.seq, (select max(seq) from step)) as seq from place),
            gap as (
              select number, before
              from place, unnest(missing, missing_before) as gap (number, before)
              where before > pg_snapshot_xmin(pg_current_snapshot())
                and before <= pg_snapshot_xmax(pg_current_snapshot()) -- else it is from before a restore
              union all
              select number, pg_snapshot_xmax(pg_current_snapshot())
              from place, reached, generate_series(greatest(place.seq + 1, reached.seq - :most), reached.seq) as number),
            still as (
              select coalesce(array_agg(number order by number), '{}') as missing,
                coalesce(array_agg(before order by number), '{}') as missing_before
              from (
                select number, before from gap
                where number not in (select seq from step)
                order by number desc limit :most) as latest),
            moved as (
              update public.generation_webhook_cursor as known
              set seq = reached.seq, missing = still.missing, missing_before = still.missing_before, round = round + 1
              from place, reached, still
              where known.seq <> reached.seq or known.missing <> still.missing),
            event as materialized (
              select step.id, step.request_id, job.owner, job.user_id, told.event, job.url, server.origin,
                server.origin || coalesce(substring(job.url from '^[^:]+://[^/?]+([^?]*)'), '') as address,
                json_strip_nulls(json_build_object(
                  'type', 'darkroom.generation.' || told.event,
                  'timestamp', to_char(step.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                  'data', json_build_object(
                    'requestId', step.request_id,
                    'userId', job.user_id,
                    'status', told.event,
                    'imageUrl', case when told.event = 'completed' then :base::text || job.image_url end,
                    'sha256', case when told.event = 'completed' then job.image_sha256 end,
                    'contentType', case when told.event = 'completed' then job.image_content_type end,
                    'bytes', case when told.event = 'completed' then job.image_bytes end,
                    'attempts', case told.event when 'started' then 0
                      when 'processing' then (step.details ->> 'attempt')::integer else job.attempts end,
                    'error', case when told.event = 'failed' then json_build_object(
                      'code', job.error_code, 'message', left(job.error_message, :longest)) end,
                    'completedAt', case when told.event = 'completed' then job.ended end,
                    'failedAt', case when told.event = 'failed' then job.ended end)))::text as body,
                step.created_at as occurred_at
              from step
              cross join lateral (
                select case
                  when step.step = 'request_received' then 'started'
                  when step.step = 'calling_nebius_api' then 'processing'
                  when step.status in ('completed', 'failed') then step.status end as event) as told
              cross join lateral (
                select owner, user_id, webhook ->> 'url' as url, webhook -> 'events' as events, image_url, image_sha256,
                  image_content_type, image_bytes, attempts, error_code, error_message,
                  to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ended
                from public.generation_jobs
                where request_id = step.request_id and webhook is not null limit 1) as job
              cross join lateral (
                select lower(substring(job.url from '^[^:]+://[^/?]+')) as origin) as server
              where told.event is not null and job.events @> to_jsonb(told.event) and server.origin is not null),
            endpoint as (
              insert into public.generation_webhook_endpoints as known (owner, user_id, address, lane)
              select distinct on (owner, user_id, address) owner, user_id, address,
                encode(substring(sha256(convert_to(
                  case when owner = '' then user_id else owner end || chr(10) || origin, 'UTF8')) from 1 for 16), 'hex')::uuid
              from event
              order by owner, user_id, address
              on conflict (owner, user_id, address) do update
              set used_at = case when known.used_at > now() - interval '1 minute' -- changes no index then
                then known.used_at else clock_timestamp() end
              returning endpoint_id, owner, user_id, address, lane, disabled_at),
            noted as (
              insert into public.generation_webhook_deliveries
                (delivery_id, request_id, owner, user_id, endpoint_id, lane, url, event, body, occurred_at, state, give_up_at)
              select event.id, event.request_id, event.owner, event.user_id, endpoint.endpoint_id, endpoint.lane, event.url,
                event.event, event.body, event.occurred_at,
                case when endpoint.disabled_at is null then 'waiting' else 'skipped' end,
                clock_timestamp() + :patience * interval '1 millisecond'
              from event join endpoint using (owner, user_id, address)
              on conflict (delivery_id) do nothing
              returning delivery_id)
            select (select count(*) from step where step.seq > place.seq) as steps,
              (select count(*) from noted) as deliveries
            from place
            """)
        .param("limit", limit)
        .param("most", MOST_MISSING)
        .param("base", baseUrl)
        .param("longest", LONGEST_MESSAGE)
        .param("patience", patience.toMillis())
        .query((row, _) -> new Collected(row.getInt("steps"), row.getInt("deliveries")))
        .optional()
        .orElse(Collected.NOTHING);
  }

  /**
   * Makes the delivery of a group's end, unless there is one: its id is the group's. It is one of
   * the deliveries of the group's first job, and goes with that job.
   *
   * @param url of the group's webhook
   * @param body exactly what is sent
   * @param patience how long it is tried
   */
  public void collectGroup(FinishedGroup group, String url, String body, Duration patience) {
    database
        .sql(
            """
            with target as (
              select origin, origin || coalesce(substring(:url from '^[^:]+://[^/?]+([^?]*)'), '') as address
              from lower(substring(:url from '^[^:]+://[^/?]+')) as origin
              where origin is not null),
            endpoint as (
              insert into public.generation_webhook_endpoints as known (owner, user_id, address, lane)
              select :owner, :userId, address,
                encode(substring(sha256(convert_to(
                  case when :owner = '' then :userId else :owner end || chr(10) || origin, 'UTF8')) from 1 for 16), 'hex')::uuid
              from target
              on conflict (owner, user_id, address) do update
              set used_at = case when known.used_at > now() - interval '1 minute' -- changes no index then
                then known.used_at else clock_timestamp() end
              returning endpoint_id, lane, disabled_at)
            insert into public.generation_webhook_deliveries
              (delivery_id, request_id, owner, user_id, endpoint_id, lane, url, event, body, occurred_at, state, give_up_at)
            select :id, :id, :owner, :userId, endpoint_id, lane, :url, :event, :body, :endedAt,
              case when disabled_at is null then 'waiting' else 'skipped' end,
              clock_timestamp() + :patience * interval '1 millisecond'
            from endpoint
            on conflict (delivery_id) do nothing
            """)
        .param("id", group.event().groupId().value())
        .param("owner", group.owner())
        .param("userId", group.event().userId())
        .param("url", url)
        .param("event", group.event().status().word())
        .param("body", body)
        .param("endedAt", group.event().endedAt().atOffset(ZoneOffset.UTC))
        .param("patience", patience.toMillis())
        .update();
  }
}
