package dev.darkroom.gateway.http;

import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;

/**
 * The id that each reply has in {@code X-Request-Id}, so that a client's report and our log lines
 * find each other: the job's where the reply is about one, otherwise a new one.
 */
public final class ReplyId {
  public static final String HEADER = "X-Request-Id";

  private ReplyId() {}

  /** The reply is about this job. */
  public static void isOf(RequestId job, HttpServletResponse response) {
    response.setHeader(HEADER, job.toString());
  }

  /** A dispatch to another handler keeps the id that the request got first. */
  static void giveTo(HttpServletRequest request, HttpServletResponse response) {
    if (!response.containsHeader(HEADER)) {
      if (!(request.getAttribute(HEADER) instanceof String)) {
        request.setAttribute(HEADER, UUID.randomUUID().toString());
      }
      response.setHeader(HEADER, of(request));
    }
  }

  /** For log lines. */
  static String of(HttpServletRequest request) {
    return String.valueOf(request.getAttribute(HEADER));
  }
}
