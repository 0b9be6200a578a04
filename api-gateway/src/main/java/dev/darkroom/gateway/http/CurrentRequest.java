package dev.darkroom.gateway.http;

import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Remembers which job a request is about, for error replies. */
public final class CurrentRequest {
  private static final String JOB = CurrentRequest.class.getName() + ".job";

  private static final String REPEATABLE = CurrentRequest.class.getName() + ".repeatable";

  private CurrentRequest() {}

  public static void isAbout(HttpServletRequest request, RequestId requestId) {
    request.setAttribute(JOB, requestId);
  }

  /** It has an idempotency key: a repetition makes no second job. */
  public static void mayBeRepeated(HttpServletRequest request) {
    request.setAttribute(REPEATABLE, true);
  }

  /** The ledger has accepted or rejected its job; later errors do not change that. */
  public static void isDecided(HttpServletRequest request) {
    request.removeAttribute(JOB);
    request.removeAttribute(REPEATABLE);
  }

  public static boolean isRepeatable(HttpServletRequest request) {
    return request.getAttribute(REPEATABLE) != null;
  }

  public static Optional<RequestId> job(HttpServletRequest request) {
    return Optional.ofNullable(request.getAttribute(JOB)).map(RequestId.class::cast);
  }
}
