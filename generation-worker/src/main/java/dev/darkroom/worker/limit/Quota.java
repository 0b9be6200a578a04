package dev.darkroom.worker.limit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the workers know together: the limit, the calls of the last minute, and who has permits for
 * the next ones. Times are in ms since the epoch, of the one clock that holds for all.
 *
 * @param pausedUntil Nebius wants no calls before
 * @param paceAt calls that come evenly, the last permits given away included, reach until here; as
 *     it lies in the past after a pause, a minute's calls may then be made at once
 */
record Quota(Limit limit, Spending spending, long pausedUntil, long paceAt, List<Lease> leases) {
  private static final long MINUTE = 60_000;
  private static final long LONGEST_PAUSE = MINUTE;

  /** Permits that would start within this time are handed out; for others there is a line. */
  private static final long SOON = 2_000;

  private static final long GOOD_FOR = 5_000;
  private static final long GRACE = 2_000;

  /** A settled book, and what was granted from it. */
  record Outcome(Quota quota, Grant grant) {}

  Quota {
    leases = List.copyOf(leases);
  }

  static Quota startingAt(int start, long now) {
    return new Quota(Limit.startingAt(start, now), Spending.none(now), 0, 0, List.of());
  }

  /** Begins anew where the setting is another than that which the workers had. */
  Quota withStart(int start, long now) {
    return limit.start() == start
        ? this
        : new Quota(Limit.startingAt(start, now), spending, pausedUntil, paceAt, leases);
  }

  Outcome answer(Ask ask, long now) {
    var current = withoutLapsed(now).hearing(ask.news(), now);
    var place = current.placeOf(ask.worker());
    return place != null && ask.wanted() > 0
        ? current.inLine(place, ask, now)
        : current.settled(ask, now).grant(ask, now);
  }

  /** Whoever did not come back may have used its permits, until the last moment. */
  private Quota withoutLapsed(long now) {
    var spent = spending.at(now);
    var paced = paceAt;
    var used = 0;
    var kept = new ArrayList<Lease>();
    for (var lease : leases) {
      if (lease.until() + GRACE > now) {
        kept.add(lease);
      } else if (lease.live()) {
        used += lease.permits();
      } else {
        paced -= time(lease.permits());
      }
    }
    return new Quota(limit.used(used, now), spent.plus(used, now), pausedUntil, paced, kept);
  }

  private Quota hearing(News news, long now) {
    var next = news.told() == null ? limit : limit.told(news.told(), now);
    var refused = news.refused();
    var until = pausedUntil;
    if (refused != null) {
      next = next.refused(refused, now);
      until = Math.max(until, now + Math.min(refused.retryAfter(), LONGEST_PAUSE));
    }
    var busy = spending.calls() >= 0.8 * next.calls();
    next = next.climb(busy, now);
    var shift = Math.max(0, until - Math.max(now, pausedUntil));
    return new Quota(next, spending, until, paceAt + shift, shift == 0 ? leases : later(shift));
  }

  private List<Lease> later(long shift) {
    return leases.stream()
        .map(lease ->
            lease.live()
                ? lease
                : new Lease(
                    lease.worker(),
                    lease.permits(),
                    lease.from() + shift,
                    lease.until() + shift,
                    false))
        .toList();
  }

  private @Nullable Lease placeOf(String worker) {
    return leases.stream()
        .filter(lease -> lease.worker().equals(worker) && !lease.live())
        .findFirst()
        .orElse(null);
  }

  private Quota settled(Ask ask, long now) {
    var unused = 0;
    var others = new ArrayList<Lease>();
    for (var lease : leases) {
      if (lease.worker().equals(ask.worker())) {
        unused += lease.permits();
      } else {
        others.add(lease);
      }
    }
    unused = Math.max(0, unused - ask.spent());
    return new Quota(
        limit.used(ask.spent(), now),
        spending.plus(ask.spent(), now),
        pausedUntil,
        paceAt - time(unused),
        others);
  }

  /** It keeps its place; when its turn has come it gets its permits. */
  private Outcome inLine(Lease place, Ask ask, long now) {
    var turn = place.from() <= now + SOON;
    var others = new ArrayList<>(leases);
    others.remove(place);
    var lease = turn ? live(ask.worker(), place.permits(), Math.max(now, place.from())) : place;
    others.add(lease);
    var quota =
        new Quota(
            limit.used(ask.spent(), now),
            spending.plus(ask.spent(), now),
            pausedUntil,
            paceAt,
            others);
    return new Outcome(quota, quota.grantOf(lease, now));
  }

  private Outcome grant(Ask ask, long now) {
    if (ask.wanted() == 0) {
      return new Outcome(
          this, new Grant(0, 0, 0, limit.now(), spending.calls(), Math.max(0, pausedUntil - now)));
    }
    var earliest = Math.max(now, pausedUntil);
    var pace = Math.max(paceAt, earliest);
    var permits = Math.min(ask.wanted(), portion(earliest, pace));
    var from = Math.max(earliest, Math.max(pace + time(permits) - MINUTE, unspent(permits)));
    var lease =
        from <= now + SOON
            ? live(ask.worker(), permits, from)
            : new Lease(ask.worker(), permits, from, from, false);
    // while somebody waits, the calls that are not made are not saved up for later
    var paced =
        from > earliest ? Math.max(pace + time(permits), from + MINUTE) : pace + time(permits);
    var more = new ArrayList<>(leases);
    more.add(lease);
    var quota = new Quota(limit, spending, pausedUntil, paced, more);
    return new Outcome(quota, quota.grantOf(lease, now));
  }

  /**
   * What a worker gets at once: its part of a second's calls, or, as long as there is plenty, its
   * part of one half of that.
   */
  private int portion(long earliest, long pace) {
    var workers = leases.size() + 1;
    var second = (int) Math.ceil(limit.now() / 60 / workers);
    var plenty =
        Math.min(
            limit.calls() - spending.calls() - leased(),
            (int) ((earliest + MINUTE - pace) * limit.now() / MINUTE));
    var part = Math.max(Math.max(1, second), plenty / 2 / workers);
    return plenty > 0 ? Math.min(part, plenty) : part; // rather fewer now than more in a minute
  }

  /** When so many more calls don't exceed the limit in any minute. */
  private long unspent(int permits) {
    var tooMany = spending.calls() + leased() + permits - limit.calls();
    return tooMany <= 0 ? 0 : spending.without(tooMany);
  }

  private int leased() {
    return leases.stream().mapToInt(Lease::permits).sum();
  }

  /** For so many calls, if they come evenly. */
  private long time(int calls) {
    return (long) (calls * MINUTE / limit.now());
  }

  private static Lease live(String worker, int permits, long from) {
    return new Lease(worker, permits, from, from + GOOD_FOR, true);
  }

  private Grant grantOf(Lease lease, long now) {
    return new Grant(
        lease.live() ? lease.permits() : 0,
        Math.max(0, lease.from() - now),
        lease.live() ? GOOD_FOR : 0,
        limit.now(),
        spending.calls(),
        Math.max(0, pausedUntil - now));
  }
}
