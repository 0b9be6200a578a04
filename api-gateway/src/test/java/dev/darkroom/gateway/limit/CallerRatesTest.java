package dev.darkroom.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.limit.CallerRates.RateSettings;
import dev.darkroom.ledger.access.KeyLimits;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CallerRatesTest {
  private static final String FAR = "203.0.113.7";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestingMeter clock = new TestingMeter();
  private final CallerRates rates =
      new CallerRates(
          new RateSettings(2, 1, Duration.ofSeconds(10), 100), new RefusalLog(meters), clock);
  private MockHttpServletResponse reply = new MockHttpServletResponse();

  @Test
  void a_caller_may_submit_what_was_saved_up_and_then_as_often_as_is_allowed() {
    for (var n = 0; n < 20; n++) {
      assertThat(submit(FAR, Caller.ANYBODY)).isNull();
    }
    assertThat(reply.getHeader("RateLimit-Policy")).isEqualTo("\"submissions\";q=20;w=10");
    assertThat(reply.getHeader("RateLimit")).isEqualTo("\"submissions\";r=0;t=10");

    var refusal = submit(FAR, Caller.ANYBODY);

    assertThat(status(refusal)).isEqualTo(429);
    assertThat(header(refusal, "Retry-After")).isEqualTo("1");
    assertThat(code(refusal)).isEqualTo("rate_limited");
    assertThat(reply.getHeader("RateLimit")).startsWith("\"submissions\";r=0;t=");
    assertThat(counted("too_many_submissions")).isEqualTo(1);
    clock.pass(Duration.ofSeconds(1));
    assertThat(submit(FAR, Caller.ANYBODY)).isNull();
    assertThat(submit(FAR, Caller.ANYBODY)).isNull();
    assertThat(submit(FAR, Caller.ANYBODY)).isNotNull();
  }

  @Test
  void one_caller_does_not_use_up_what_another_may() {
    for (var n = 0; n < 21; n++) {
      submit(FAR, Caller.ANYBODY);
    }

    assertThat(submit(FAR, Caller.ANYBODY)).isNotNull();
    assertThat(submit("203.0.113.8", Caller.ANYBODY)).isNull();
    assertThat(submit(FAR, callerOf("ada", KeyLimits.DEFAULTS))).isNull();
  }

  @Test
  void an_owner_is_one_caller_wherever_the_requests_come_from() {
    var ada = callerOf("ada", KeyLimits.DEFAULTS);
    for (var n = 0; n < 20; n++) {
      assertThat(submit("203.0.113." + n, ada)).isNull();
    }

    assertThat(submit(FAR, ada)).isNotNull();
    assertThat(submit("127.0.0.1", ada)).isNotNull();
  }

  @Test
  void sign_ins_are_limited_by_owner_and_those_that_are_refused_for_all_together() {
    for (var n = 0; n < 50; n++) {
      assertThat(signIn("ada")).isNull();
      assertThat(rates.countRefusedSignIn()).isTrue();
    }

    assertThat(status(signIn("ada"))).isEqualTo(429);
    assertThat(counted("too_many_sign_ins")).isEqualTo(1);
    assertThat(signIn("bob")).isNull();
    assertThat(rates.countRefusedSignIn()).isFalse();
    clock.pass(Duration.ofSeconds(1));
    assertThat(rates.countRefusedSignIn()).isTrue();
  }

  private @Nullable Problem signIn(String owner) {
    var request = new MockHttpServletRequest();
    callerOf(owner, KeyLimits.DEFAULTS).isOf(request);
    return rates.refusalOfSignIn(request);
  }

  @Test
  void a_key_may_have_a_rate_of_its_own() {
    var slow = callerOf("slow", new KeyLimits(1, null, null, null));
    for (var n = 0; n < 10; n++) {
      assertThat(submit(FAR, slow)).isNull();
    }

    assertThat(submit(FAR, slow)).isNotNull();
    assertThat(reply.getHeader("RateLimit-Policy")).isEqualTo("\"submissions\";q=10;w=10");
  }

  @Test
  void a_group_counts_as_so_many_submissions_and_fits_into_any_full_bucket() {
    assertThat(submit(FAR, Caller.ANYBODY)).isNull();
    assertThat(rates.refusalOfMore(15, request(FAR, Caller.ANYBODY), reply)).isNull();
    assertThat(reply.getHeader("RateLimit")).startsWith("\"submissions\";r=4;");
    assertThat(status(rates.refusalOfMore(15, request(FAR, Caller.ANYBODY), reply))).isEqualTo(429);

    var slow = callerOf("slow", new KeyLimits(1, null, null, null));
    assertThat(submit(FAR, slow)).isNull();
    assertThat(rates.refusalOfMore(15, request(FAR, slow), reply)).isNull();
    assertThat(submit(FAR, slow)).isNotNull();
  }

  @Test
  void programs_on_this_machine_are_not_limited_where_access_is_open_and_no_limit_is_set() {
    var usual =
        new CallerRates(
            new RateSettings(100, 20, Duration.ofSeconds(10), 100), new RefusalLog(meters), clock);
    for (var n = 0; n < 2_002; n++) {
      var local = request(n % 2 == 0 ? "127.0.0.1" : "::1", Caller.ANYBODY);
      assertThat(usual.refusalOfSubmission(local, reply)).isNull();
    }
    assertThat(reply.getHeader("RateLimit")).isNull();
    assertThat(usual.refusalOfSubmission(request(FAR, Caller.ANYBODY), reply)).isNull();
    assertThat(reply.getHeader("RateLimit")).isNotNull();
  }

  @Test
  void a_limit_that_was_set_holds_for_programs_on_this_machine_too() {
    for (var n = 0; n < 20; n++) {
      assertThat(submit("127.0.0.1", Caller.ANYBODY)).isNull();
    }
    assertThat(status(submit("127.0.0.1", Caller.ANYBODY))).isEqualTo(429);
  }

  @Test
  void reads_have_a_rate_of_their_own_and_only_refusals_tell_it() {
    for (var n = 0; n < 10; n++) {
      assertThat(rates.refusal(request(FAR, Caller.ANYBODY))).isNull();
    }

    var refusal = rates.refusal(request(FAR, Caller.ANYBODY));

    assertThat(status(refusal)).isEqualTo(429);
    assertThat(header(refusal, "RateLimit-Policy")).isEqualTo("\"reads\";q=10;w=10");
    assertThat(header(refusal, "RateLimit")).isEqualTo("\"reads\";r=0;t=10");
    assertThat(submit(FAR, Caller.ANYBODY)).isNull();
  }

  @Test
  void nothing_is_limited_by_a_rate_of_zero() {
    var unlimited =
        new CallerRates(
            new RateSettings(0, 0, Duration.ofSeconds(10), 100), new RefusalLog(meters), clock);
    for (var n = 0; n < 100; n++) {
      assertThat(unlimited.refusal(request(FAR, Caller.ANYBODY))).isNull();
      assertThat(unlimited.refusalOfSubmission(request(FAR, Caller.ANYBODY), reply)).isNull();
    }
  }

  private @Nullable Problem submit(String address, Caller caller) {
    reply = new MockHttpServletResponse();
    return rates.refusalOfSubmission(request(address, caller), reply);
  }

  private static MockHttpServletRequest request(String address, Caller caller) {
    var request = new MockHttpServletRequest("POST", "/api/generate");
    request.setRemoteAddr(address);
    caller.isOf(request);
    return request;
  }

  private static Caller callerOf(String owner, KeyLimits limits) {
    return new Caller("key:" + owner, owner, Set.of(Scope.GENERATE), limits);
  }

  private static int status(@Nullable Problem problem) {
    return Objects.requireNonNull(problem).answer().getStatusCode().value();
  }

  private static @Nullable String header(@Nullable Problem problem, String name) {
    return Objects.requireNonNull(problem).answer().getHeaders().getFirst(name);
  }

  private static @Nullable Object code(@Nullable Problem problem) {
    var detail = (ProblemDetail) Objects.requireNonNull(problem).answer().getBody();
    return Objects.requireNonNull(Objects.requireNonNull(detail).getProperties()).get("code");
  }

  private double counted(String reason) {
    return meters.get("darkroom.refused.requests").tag("reason", reason).counter().count();
  }

  /** A clock that stands until it is told to go on. */
  private static final class TestingMeter implements TimeMeter {
    private long nanos;

    void pass(Duration time) {
      nanos += time.toNanos();
    }

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
