package dev.darkroom.gateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.ClientAddress;
import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.HeavyReaders.ReadRate;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;

/**
 * How often a caller may submit jobs and read much: a token bucket for each owner, or for each
 * address where nobody says who they are. Each gateway counts for itself. Submissions are told what
 * is left (<a
 * href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">draft-ietf-httpapi-ratelimit-headers</a>).
 */
@Component
public final class CallerRates implements ReadRate {
  private static final String POLICY = "RateLimit-Policy";
  private static final String LEFT = "RateLimit";

  private static final int SUBMISSIONS_PER_SECOND = 100;
  private static final int READS_PER_SECOND = 20;

  /** More than people and their scripts need, and few enough to be kept for ever. */
  private static final int SIGN_INS_PER_SECOND = 5;

  private final RateSettings settings;
  private final RefusalLog refusals;
  private final TimeMeter clock;
  private final Cache<BucketKey, Bucket> buckets;

  @Autowired
  CallerRates(RateSettings settings, RefusalLog refusals) {
    this(settings, refusals, TimeMeter.SYSTEM_NANOTIME);
  }

  CallerRates(RateSettings settings, RefusalLog refusals, TimeMeter clock) {
    this.settings = settings;
    this.refusals = refusals;
    this.clock = clock;
    // one that was not asked for as long as it takes to fill is full, like a new one
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(settings.callers())
            .expireAfterAccess(settings.burst().plusMinutes(1))
            .build();
  }

  /**
   * Settings of how often callers may ask.
   *
   * @param submissionsPerSecond by one owner or address; 0 for no limit. Keys may have others
   * @param readsPerSecond searches, lists, statistics and exports; 0 for no limit
   * @param burst how long a caller may save up what it does not use
   * @param callers counted at a time; the one that asked longest ago is forgotten first
   */
  @Validated
  @ConfigurationProperties("darkroom.limits")
  record RateSettings(
      @DefaultValue("" + SUBMISSIONS_PER_SECOND) @Min(0) @Max(100_000) int submissionsPerSecond,
      @DefaultValue("" + READS_PER_SECOND) @Min(0) @Max(100_000) int readsPerSecond,
      @DefaultValue("10s") @DurationMin(seconds = 1) @DurationMax(minutes = 10) Duration burst,
      @DefaultValue("100000") @Min(100) @Max(10_000_000) int callers) {}

  /** What is limited; in headers by this name. */
  private enum Kind {
    SUBMISSIONS("submissions", SUBMISSIONS_PER_SECOND),
    READS("reads", READS_PER_SECOND),
    SIGN_INS("sign-ins", SIGN_INS_PER_SECOND);

    private final String word;

    /** How many per second where nobody has set a limit. */
    private final int usual;

    Kind(String word, int usual) {
      this.word = word;
      this.usual = usual;
    }

    String word() {
      return word;
    }
  }

  private record BucketKey(Kind kind, String client, int perSecond) {}

  /**
   * Counts a submission, whatever becomes of it, and says in the reply's headers what is left.
   *
   * @return the reply to one that comes too soon; null for one that may go on
   */
  public @Nullable Problem refusalOfSubmission(
      HttpServletRequest request, HttpServletResponse response) {
    return refusalOf(1, request, response);
  }

  /**
   * Counts the other pictures of a submission that was counted as one. Where a bucket is too small
   * for all of them, it has to be full.
   */
  public @Nullable Problem refusalOfMore(
      int pictures, HttpServletRequest request, HttpServletResponse response) {
    return refusalOf(pictures, request, response);
  }

  private @Nullable Problem refusalOf(
      int submissions, HttpServletRequest request, HttpServletResponse response) {
    var ofKey = Caller.of(request).limits().requestsPerSecond();
    var perSecond = Objects.requireNonNullElse(ofKey, settings.submissionsPerSecond());
    var probe = take(Kind.SUBMISSIONS, perSecond, submissions, request);
    if (probe == null) {
      return null;
    }
    response.setHeader(POLICY, policy(Kind.SUBMISSIONS, perSecond));
    response.setHeader(LEFT, left(Kind.SUBMISSIONS, probe));
    return probe.isConsumed() ? null : refuse(Kind.SUBMISSIONS, perSecond, probe);
  }

  @Override
  public @Nullable Problem refusal(HttpServletRequest request) {
    var probe = take(Kind.READS, settings.readsPerSecond(), 1, request);
    if (probe == null || probe.isConsumed()) {
      return null;
    }
    return refuse(Kind.READS, settings.readsPerSecond(), probe)
        .header(POLICY, policy(Kind.READS, settings.readsPerSecond()))
        .header(LEFT, left(Kind.READS, probe));
  }

  /**
   * Counts a sign-in, each of which is written down.
   *
   * @param request whose caller is known by now
   * @return the reply to one that comes too soon; null for one that may go on
   */
  public @Nullable Problem refusalOfSignIn(HttpServletRequest request) {
    var probe = take(Kind.SIGN_INS, SIGN_INS_PER_SECOND, 1, request);
    return probe == null || probe.isConsumed()
        ? null
        : refuse(Kind.SIGN_INS, SIGN_INS_PER_SECOND, probe);
  }

  /**
   * Counts a sign-in that was refused, with those of all callers together: whoever has no
   * credentials may have many addresses.
   *
   * @return whether there are so few that it is to be written down
   */
  public boolean countRefusedSignIn() {
    var key = new BucketKey(Kind.SIGN_INS, "refused ones", SIGN_INS_PER_SECOND);
    return buckets.get(key, this::fullBucket).tryConsume(1);
  }

  /**
   * Null where there is no limit: also for programs on this machine that need not say who they are,
   * unless somebody has set one.
   */
  private @Nullable ConsumptionProbe take(
      Kind kind, int perSecond, int tokens, HttpServletRequest request) {
    var spared =
        perSecond == kind.usual && Caller.of(request).owner().isEmpty() && isLocal(request);
    if (perSecond == 0 || spared) {
      return null;
    }
    var key = new BucketKey(kind, ClientLimiter.clientOf(request), perSecond);
    return buckets
        .get(key, this::fullBucket)
        .tryConsumeAndReturnRemaining(Math.max(1, Math.min(tokens, capacity(perSecond) - 1)));
  }

  private Bucket fullBucket(BucketKey key) {
    return Bucket.builder()
        .addLimit(limit ->
            limit
                .capacity(capacity(key.perSecond()))
                .refillGreedy(key.perSecond(), Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }

  private long capacity(int perSecond) {
    return perSecond * settings.burst().toSeconds();
  }

  /** Its quota, and the seconds in which that comes back. */
  private String policy(Kind kind, int perSecond) {
    return '"' + kind.word() + "\";q=" + capacity(perSecond) + ";w=" + settings.burst().toSeconds();
  }

  /** What remains, and the seconds until all of the quota is there again. */
  private static String left(Kind kind, ConsumptionProbe probe) {
    var untilFull = Duration.ofNanos(probe.getNanosToWaitForReset()).plusMillis(999);
    return '"' + kind.word() + "\";r=" + probe.getRemainingTokens() + ";t=" + untilFull.toSeconds();
  }

  private Problem refuse(Kind kind, int perSecond, ConsumptionProbe probe) {
    refusals.count("too_many_" + kind.word().replace('-', '_'));
    return Problem.tooMany(
            "Too many %s: %d per second are allowed, and up to %d at once. Send them more slowly."
                .formatted(kind.word(), perSecond, capacity(perSecond)),
            Duration.ofNanos(probe.getNanosToWaitForRefill()))
        .code(ProblemCode.RATE_LIMITED);
  }

  private static boolean isLocal(HttpServletRequest request) {
    return ClientAddress.of(request).filter(InetAddress::isLoopbackAddress).isPresent();
  }
}
