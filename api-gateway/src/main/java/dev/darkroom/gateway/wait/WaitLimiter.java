package dev.darkroom.gateway.wait;

import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Limits how many requests wait for their job. One beyond the limit is refused as a whole. */
@Component
public final class WaitLimiter {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final String ADVICE =
      ", so no job was accepted. Send it without Prefer: wait, or retry in a few seconds.";

  private final ClientLimiter limiter;
  private final RefusalLog refusals;

  WaitLimiter(WaitSettings settings, RefusalLog refusals) {
    this.limiter = new ClientLimiter(settings.waits(), settings.perClient(), Duration.ZERO);
    this.refusals = refusals;
  }

  /** The reply of a request that may wait, or a refusal, for which nothing was done. */
  public ResponseEntity<Object> limit(
      HttpServletRequest request, Supplier<ResponseEntity<Object>> reply) {
    return switch (limiter.enter(request)) {
      case Entry.Admitted place -> {
        try (place) {
          yield reply.get();
        }
      }
      case Entry.ClientHasTooMany _ ->
          refuse(
              Problem.tooMany(
                  "Too many requests from your address are waiting" + ADVICE, RETRY_AFTER));
      case Entry.TooMany _ ->
          refuse(Problem.unavailable("Too many requests are waiting" + ADVICE, RETRY_AFTER));
    };
  }

  /** The reply of a request that may wait, or the one without a wait where too many wait. */
  public ResponseEntity<Object> limit(
      HttpServletRequest request,
      Supplier<ResponseEntity<Object>> reply,
      Supplier<ResponseEntity<Object>> atOnce) {
    if (limiter.enter(request) instanceof Entry.Admitted place) {
      try (place) {
        return reply.get();
      }
    }
    refusals.count("too_many_waits");
    return atOnce.get();
  }

  private ResponseEntity<Object> refuse(Problem problem) {
    refusals.count("too_many_waits");
    return problem.code(ProblemCode.TOO_MANY_WAITS).answer();
  }
}
