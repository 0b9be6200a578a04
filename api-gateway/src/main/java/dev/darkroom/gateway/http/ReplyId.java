package dev.darkroom.gateway.http;

import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;

/**
 * The {@code X-Request-Id} of a reply, by which a client's report and our log lines can be matched:
 * the job's id where the reply is about a job, otherwise a new one.
 */
public final class ReplyId {
  public static final String HEADER = "X-Request-Id";

  private ReplyId() {}

  /** The reply is about this job. */
  public static void isOf(RequestId job, HttpServletResponse response) {
    response.setHeader(HEADER, job.toString());
  }

  /** Error and async dispatches keep the request's first id. */
  public static void giveTo(HttpServletRequest request, HttpServletResponse response) {
    if (!response.containsHeader(HEADER)) {
      if (!(request.getAttribute(HEADER) instanceof String)) {
        request.setAttribute(HEADER, UUID.randomUUID().toString());
      }
      response.setHeader(HEADER, of(request));
    }
  }

  /** For log lines. */
  public static String of(HttpServletRequest request) {
    return String.valueOf(request.getAttribute(HEADER));
  }
}
