package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.RateLimitStore.PermitGrant;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * This worker's part of the limit that all workers share. It takes permits before it takes jobs: a
 * job for which there is none stays in Kafka.
 */
final class SharedRateLimiter implements CallPermits {
  private static final Logger log = LoggerFactory.getLogger(SharedRateLimiter.class);

  /** Permits that are not used by then are returned, so that other workers can have them. */
  private static final Duration GOOD_FOR = Duration.ofSeconds(2);

  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
  private static final Duration UNTOLD_PAUSE = Duration.ofSeconds(1);
  private static final double WORTH_A_LINE = 0.05;

  /**
   * Calls per minute. With two seconds or more from one call to the next, workers without jobs that
   * renewed their permits would keep the next call from the others for ever.
   */
  private static final double FEW = 30;

  private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(5);

  private final PermitSource source;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final Counter throttled;
  private volatile IntSupplier free = () -> 0;
  private volatile Runnable whenMore = () -> {};
  private int permits;
  private long usableAt;
  private long askAt;
  private @Nullable Integer told;
  private Duration pause = Duration.ZERO;
  private volatile @Nullable PermitGrant latest;
  private volatile boolean answered = true;
  private double loggedLimit;

  /** Where permits come from. */
  @FunctionalInterface
  interface PermitSource {
    /**
     * Takes permits from there.
     *
     * @throws DataAccessException where it does not answer
     */
    PermitGrant take(PermitRequest request);
  }

  SharedRateLimiter(PermitSource source, LongSupplier nanoTime, Clock clock, Counter throttled) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.throttled = throttled;
    this.usableAt = nanoTime.getAsLong();
    this.askAt = usableAt;
  }

  @Override
  public boolean limited() {
    return true;
  }

  @Override
  public synchronized int available() {
    var age = nanoTime.getAsLong() - usableAt;
    return age < 0 || age > GOOD_FOR.toNanos() ? 0 : permits;
  }

  @Override
  public synchronized void spend(int calls) {
    permits = Math.max(0, permits - calls);
  }

  @Override
  public synchronized void observe(Headers headers) {
    var limit = headers.first("x-ratelimit-limit-requests");
    if (limit != null && limit.strip().matches("0*[1-9]\\d{0,8}")) {
      told = Integer.valueOf(limit.strip());
    }
  }

  /** Of two refusals the longer pause holds. */
  @Override
  public synchronized void refused(@Nullable Duration wait) {
    throttled.increment();
    var wanted = wait == null || wait.isZero() ? UNTOLD_PAUSE : wait;
    pause = wanted.compareTo(pause) > 0 ? wanted : pause;
    permits = 0;
    askAt = nanoTime.getAsLong();
  }

  @Override
  public void serve(IntSupplier whoIsFree, Runnable runWhenMore) {
    free = whoIsFree;
    whenMore = runWhenMore;
  }

  /**
   * One round of the loop that fetches permits: asks where they are used up or have lapsed. Calls
   * nobody back under the lock: they have locks of their own.
   */
  boolean refill() {
    var request = request(free.getAsInt());
    if (request != null) {
      try {
        granted(source.take(request));
      } catch (DataAccessException e) {
        failed(request, e);
      }
    }
    if (request != null || available() > 0) {
      whenMore.run();
    }
    return false;
  }

  private synchronized @Nullable PermitRequest request(int wanted) {
    var now = nanoTime.getAsLong();
    var lapsed = now - usableAt > GOOD_FOR.toNanos();
    if (pause.isZero() && (now - askAt < 0 || wanted == 0 || (permits > 0 && !lapsed))) {
      return null;
    }
    var away = pause.isZero() ? nanosForOthers() : 0;
    askAt = away > 0 ? now + away : askAt;
    var request = new PermitRequest(permits, away > 0 ? 0 : wanted, told, pause);
    permits = 0;
    told = null; // once: repeated, it would undo what others have heard since
    pause = Duration.ZERO;
    return request;
  }

  /** Long enough for them to take the next two calls; 0 unless all permits lapsed unused. */
  private synchronized long nanosForOthers() {
    var grant = latest;
    if (grant == null || grant.perMinute() > FEW || permits == 0 || permits < grant.permits()) {
      return 0;
    }
    var twoCalls = (long) (2 * Duration.ofMinutes(1).toNanos() / grant.perMinute());
    return Math.max(LEFT_TO_OTHERS.toNanos(), twoCalls);
  }

  private synchronized void granted(PermitGrant grant) {
    permits = grant.permits();
    usableAt = nanoTime.getAsLong() + grant.startsIn().toNanos();
    var next = permits > 0 ? usableAt : usableAt - Duration.ofSeconds(1).toNanos();
    askAt = next - askAt > 0 ? next : askAt;
    latest = grant;
    answered = true;
    if (Math.abs(grant.perMinute() - loggedLimit) >= loggedLimit * WORTH_A_LINE) {
      log.atInfo()
          .addKeyValue("from", rounded(loggedLimit))
          .addKeyValue("to", rounded(grant.perMinute()))
          .log("limit of calls per minute changed, for all workers");
      loggedLimit = grant.perMinute();
    }
  }

  private synchronized void failed(PermitRequest request, DataAccessException e) {
    pause = request.pause().compareTo(pause) > 0 ? request.pause() : pause;
    told = told == null ? request.told() : told;
    askAt = nanoTime.getAsLong() + AFTER_FAILURE.toNanos();
    if (answered) {
      log.atWarn()
          .addKeyValue("reason", e.toString())
          .log("could not take permits; no calls begin until PostgreSQL answers");
    }
    answered = false;
  }

  /** Calls per minute of all workers; not a number before PostgreSQL has answered. */
  double limit() {
    var grant = latest;
    return grant == null || !answered ? Double.NaN : grant.perMinute();
  }

  @Override
  public String state() {
    var grant = latest;
    if (!answered || grant == null) {
      return "paused until PostgreSQL answers, which holds the limit of all workers";
    }
    var limit = rounded(grant.perMinute()) + " calls per minute, all workers together";
    var wait = Duration.ofNanos(waitNanos());
    if (wait.isZero()) {
      return limit;
    }
    var why = grant.pausedFor().isZero() ? limit : "Nebius answered 429";
    return "paused by the rate limit until " + clock.instant().plus(wait) + ": " + why;
  }

  private synchronized long waitNanos() {
    return available() > 0 ? 0 : Math.max(0, usableAt - nanoTime.getAsLong());
  }

  private static String rounded(double limit) {
    return String.format(Locale.ROOT, "%.0f", limit);
  }
}
