package dev.darkroom.ledger.statistics;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.row.RequestIdRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Sums up what jobs have cost and brought, by the time at which they were accepted. */
public final class UsageQueries {
  /** More than there are days in the longest range that a client may ask for. */
  static final int MOST_GROUPS = 1_000;

  private static final UsageCounts NOTHING = new UsageCounts(0, 0, 0, 0, 0, 0);

  private final JdbcClient database;

  /**
   * Creates it.
   *
   * @param database plans each execution for its values
   */
  public UsageQueries(JdbcClient database) {
    this.database = database;
  }

  /** What jobs are summed up by. */
  public enum UsageGrouping {
    /** In UTC. */
    DAY,
    USER,
    MODEL,
    /** Of the calls; a job whose calls went to two counts for both. */
    PROVIDER
  }

  /**
   * Sums of some jobs.
   *
   * @param calls made for them, or under way
   * @param billed calls that brought a picture
   * @param unknown calls of which nobody knows whether they were billed; those under way are among
   *     them
   * @param pictures that were made, even if they are kept no longer
   * @param bytes of these pictures
   */
  public record UsageCounts(
      long jobs, long calls, long billed, long unknown, long pictures, long bytes) {
    /** Calls that were surely not billed. */
    public long notBilled() {
      return calls - billed - unknown;
    }

    private UsageCounts without(UsageCounts part) {
      return new UsageCounts(
          jobs - part.jobs,
          calls - part.calls,
          billed - part.billed,
          unknown - part.unknown,
          pictures - part.pictures,
          bytes - part.bytes);
    }
  }

  /**
   * Sums of the jobs of a day, a user or a model, or of the calls to a provider.
   *
   * @param name such as {@code 2026-11-22}; empty for jobs whose call names no model
   */
  public record UsageGroup(String name, UsageCounts counts) {}

  /**
   * Sums of a range.
   *
   * @param groups every day, oldest first; or the users, models or providers with the most jobs,
   *     those first
   * @param others all other users or models; null where there are none
   */
  public record UsageSums(
      UsageCounts total, List<UsageGroup> groups, @Nullable UsageCounts others) {}

  /**
   * Sums up the visible jobs accepted in a range, as their ids say.
   *
   * @param until later than since
   * @param userId only this user's jobs; null for all
   */
  public UsageSums between(
      Instant since,
      Instant until,
      Visibility visible,
      @Nullable String userId,
      UsageGrouping grouping) {
    var whole = new UsagePeriod("", since, until);
    return switch (grouping) {
      case DAY -> {
        var found = sums(periods(since, until), visible, userId, grouping);
        yield new UsageSums(total(found), everyDay(since, until, groups(found)), null);
      }
      case USER, MODEL -> {
        var found = sums(List.of(whole), visible, userId, grouping);
        var others = found.size() > MOST_GROUPS + 1 ? others(found) : null;
        yield new UsageSums(total(found), groups(found), others);
      }
      case PROVIDER -> {
        var found = sums(List.of(whole), visible, userId, UsageGrouping.DAY);
        yield new UsageSums(total(found), ofProviders(whole, visible, userId), null);
      }
    };
  }

  private static UsageCounts total(List<UsageGroup> found) {
    return found.getFirst().counts();
  }

  private static List<UsageGroup> groups(List<UsageGroup> found) {
    return found.stream().skip(1).limit(MOST_GROUPS).toList();
  }

  /** A part of the range, whose jobs are summed up together if that is by day. */
  private record UsagePeriod(String name, Instant since, Instant until) {
    RequestIdRange ids() {
      return RequestIdRange.between(since, until);
    }
  }

  private static List<UsagePeriod> periods(Instant since, Instant until) {
    return days(since, until)
        .map(day ->
            new UsagePeriod(
                day.toString(),
                latest(since, beginning(day)),
                earliest(until, beginning(day.plusDays(1)))))
        .toList();
  }

  private static Stream<LocalDate> days(Instant since, Instant until) {
    return LocalDate.ofInstant(since, ZoneOffset.UTC)
        .datesUntil(LocalDate.ofInstant(until.minusNanos(1), ZoneOffset.UTC).plusDays(1));
  }

  private static Instant beginning(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earliest(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static List<UsageGroup> everyDay(Instant since, Instant until, List<UsageGroup> groups) {
    var byName = groups.stream().collect(Collectors.toMap(UsageGroup::name, Function.identity()));
    return days(since, until)
        .map(day -> byName.getOrDefault(day.toString(), new UsageGroup(day.toString(), NOTHING)))
        .toList();
  }

  /** What the total has beyond the groups that are listed. */
  private static UsageCounts others(List<UsageGroup> found) {
    return groups(found).stream()
        .map(UsageGroup::counts)
        .reduce(total(found), UsageCounts::without);
  }

  /** The total first, then one group more than are listed. */
  private List<UsageGroup> sums(
      List<UsagePeriod> periods,
      Visibility visible,
      @Nullable String userId,
      UsageGrouping grouping) {
    return database
        .sql(
            """
            with period as (
              select * from unnest(:names::text[], :firsts::uuid[], :beyonds::uuid[]) as period (name, first, beyond)),
            job as (
              select case :grouping::text
                  when 'DAY' then period.name
                  when 'USER' then job.user_id
                  else coalesce(job.call -> 'parameters' ->> 'model', '') end as name,
                job.calls + coalesce(queued.calls, 0) + coalesce(queued.state = 'claimed', false)::int as calls,
                job.calls_billed + coalesce(queued.calls_billed, 0) as billed,
                job.calls_unknown + coalesce(queued.calls_unknown, 0)
                  + coalesce(queued.state = 'claimed', false)::int as unknown,
                status = 'completed' as has_picture, image_bytes
              from period
                join public.generation_jobs job
                  on job.request_id >= period.first and job.request_id < period.beyond
                    and (:owner::text is null or job.owner = :owner)
                    and (:userId::text is null or job.user_id = :userId)
                left join public.generation_queue queued
                  on queued.request_id = job.request_id and job.status = 'started')
            select coalesce(name, '') as name, count(*) as jobs, coalesce(sum(calls), 0) as calls,
              coalesce(sum(billed), 0) as billed, coalesce(sum(unknown), 0) as unknown,
              count(*) filter (where has_picture) as pictures, coalesce(sum(image_bytes), 0)::bigint as bytes
            from job
            group by grouping sets ((), (name))
            order by grouping(name) desc, jobs desc, name limit :limit
            """)
        .param("grouping", grouping.name())
        .param("names", periods.stream().map(UsagePeriod::name).toArray(String[]::new))
        .param("firsts", texts(periods, RequestIdRange::first))
        .param("beyonds", texts(periods, RequestIdRange::beyond))
        .param("owner", visible.owner())
        .param("userId", userId)
        .param("limit", MOST_GROUPS + 2)
        .query((row, _) -> new UsageGroup(row.getString("name"), counts(row)))
        .list();
  }

  /**
   * From the steps of the calls. A call of which nothing was known at first, and whose picture was
   * found later, was billed.
   */
  private List<UsageGroup> ofProviders(
      UsagePeriod period, Visibility visible, @Nullable String userId) {
    return database
        .sql(
            """
            with job as (
              select request_id, status from public.generation_jobs
              where request_id >= :first::uuid and request_id < :beyond::uuid
                and (:owner::text is null or owner = :owner) and (:userId::text is null or user_id = :userId)),
            call as (
              select request_id, coalesce(details ->> 'provider', 'nebius') as name, details ->> 'billed' as billed,
                step.status = 'completed' as has_picture,
                case when step.status = 'completed' then (details -> 'bytes')::bigint end as bytes
              from job join public.generation_logs step using (request_id)
              where step.status <> 'started' and (details -> 'billed' is not null or step.status = 'completed')
              union all
              select request_id, coalesce(provider, 'nebius'), 'unknown', false, null
              from job join public.generation_queue queued using (request_id)
              where job.status = 'started' and state = 'claimed'),
            at_provider as (
              select request_id, name, count(billed) as calls, count(*) filter (where billed = 'yes') as billed,
                count(*) filter (where billed = 'unknown') as unknown,
                count(*) filter (where has_picture and billed is null) as found,
                count(*) filter (where has_picture) as pictures, sum(bytes) as bytes
              from call group by request_id, name)
            select name, count(*) as jobs, sum(calls) as calls, sum(billed + least(unknown, found)) as billed,
              sum(unknown - least(unknown, found)) as unknown, sum(pictures) as pictures,
              coalesce(sum(bytes), 0)::bigint as bytes
            from at_provider group by name order by jobs desc, name limit :limit
            """)
        .param("first", period.ids().first())
        .param("beyond", period.ids().beyond())
        .param("owner", visible.owner())
        .param("userId", userId)
        .param("limit", MOST_GROUPS)
        .query((row, _) -> new UsageGroup(row.getString("name"), counts(row)))
        .list();
  }

  private static String[] texts(List<UsagePeriod> periods, Function<RequestIdRange, ?> end) {
    return periods.stream()
        .map(period -> String.valueOf(end.apply(period.ids())))
        .toArray(String[]::new);
  }

  private static UsageCounts counts(ResultSet row) throws SQLException {
    return new UsageCounts(
        row.getLong("jobs"),
        row.getLong("calls"),
        row.getLong("billed"),
        row.getLong("unknown"),
        row.getLong("pictures"),
        row.getLong("bytes"));
  }
}
