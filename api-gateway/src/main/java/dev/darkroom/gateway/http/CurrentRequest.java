package dev.darkroom.gateway.http;

import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Remembers for which job a request is being answered, for problems that come up on the way. */
public final class CurrentRequest {
  private static final String JOB = CurrentRequest.class.getName() + ".job";

  private static final String REPEATABLE = CurrentRequest.class.getName() + ".repeatable";

  private CurrentRequest() {}

  public static void isAbout(HttpServletRequest request, RequestId requestId) {
    request.setAttribute(JOB, requestId);
  }

  /** It carries an idempotency key: sending it again makes no second job. */
  public static void mayBeRepeated(HttpServletRequest request) {
    request.setAttribute(REPEATABLE, true);
  }

  /** What becomes of its job is known by now; what comes up later says nothing about that. */
  public static void isDecided(HttpServletRequest request) {
    request.removeAttribute(JOB);
    request.removeAttribute(REPEATABLE);
  }

  static boolean isRepeatable(HttpServletRequest request) {
    return request.getAttribute(REPEATABLE) != null;
  }

  static Optional<RequestId> job(HttpServletRequest request) {
    return Optional.ofNullable(request.getAttribute(JOB)).map(RequestId.class::cast);
  }
}
