package dev.darkroom.gateway.wait;

import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Bounds how many requests wait for their job to end. One that may not is refused as a whole. */
@Component
public final class WaitingRoom {
  private static final Duration FEWER_WAIT = Duration.ofSeconds(5);

  private final ClientLimiter waits;
  private final RefusalLog refusals;

  WaitingRoom(ProgressSettings settings, RefusalLog refusals) {
    this.waits = new ClientLimiter(settings.waits(), settings.perClient(), Duration.ZERO);
    this.refusals = refusals;
  }

  /** The answer of a request that may wait; where there is no room, nothing was done for it. */
  public ResponseEntity<Object> in(
      HttpServletRequest request, Supplier<ResponseEntity<Object>> answer) {
    return switch (waits.enter(request)) {
      case Entry.Admitted place -> {
        try (place) {
          yield answer.get();
        }
      }
      case Entry.ClientHasTooMany _ ->
          refuse(
              Problem.of(
                      HttpStatus.TOO_MANY_REQUESTS,
                      "Your address has as many requests waiting as one may have, so no job was accepted; send it without Prefer: wait, or again in a few seconds.")
                  .header(HttpHeaders.RETRY_AFTER, String.valueOf(FEWER_WAIT.toSeconds())));
      case Entry.TooMany _ ->
          refuse(
              Problem.unavailable(
                  "Too many requests wait for their jobs at the moment, so no job was accepted; send it without Prefer: wait, or again in a few seconds.",
                  FEWER_WAIT));
    };
  }

  private ResponseEntity<Object> refuse(Problem problem) {
    refusals.count("too_many_waits");
    return problem.code(ProblemCode.TOO_MANY_WAITS).answer();
  }
}
