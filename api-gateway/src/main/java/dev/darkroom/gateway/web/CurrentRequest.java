package dev.darkroom.gateway.web;

import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/** Remembers for which job a request is being answered, for problems that come up on the way. */
public final class CurrentRequest {
  private static final String JOB = CurrentRequest.class.getName() + ".job";

  private CurrentRequest() {}

  public static void isAbout(HttpServletRequest request, RequestId requestId) {
    request.setAttribute(JOB, requestId);
  }

  static Optional<RequestId> job(HttpServletRequest request) {
    return Optional.ofNullable(request.getAttribute(JOB)).map(RequestId.class::cast);
  }
}
