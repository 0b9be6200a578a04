package dev.darkroom.gateway.http;

import dev.darkroom.model.RequestId;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * The {@code X-Request-Id} of a reply, by which a client's report and our log lines can be matched:
 * the job's id where the reply is about a job, otherwise a new one. Every reply has one, also those
 * that Tomcat makes before any servlet.
 */
public final class ReplyId extends ValveBase {
  public static final String HEADER = "X-Request-Id";

  private static final String JOB = ReplyId.class.getName() + ".JOB";
  private static final String FIRST = ReplyId.class.getName() + ".FIRST";

  public ReplyId() {
    super(true); // supports async requests
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    giveTo(response);
    request.setAttribute(FIRST, response.getHeader(HEADER));
    getNext().invoke(request, response);
  }

  /** The reply is about this job, whatever becomes of the request. */
  public static void isOf(RequestId job, HttpServletRequest request, HttpServletResponse response) {
    request.setAttribute(JOB, job);
    response.setHeader(HEADER, job.toString());
  }

  /** The job that the reply is about, as far as that is known. */
  public static Optional<RequestId> jobOf(HttpServletRequest request) {
    return Optional.ofNullable((RequestId) request.getAttribute(JOB));
  }

  /** What the reply has, as far as that is known; null without Tomcat. */
  public static @Nullable String of(HttpServletRequest request) {
    var job = jobOf(request);
    if (job.isPresent()) {
      return job.get().toString();
    }
    return request.getAttribute(FIRST) instanceof String id ? id : null;
  }

  /** Unless it has one already: async requests are dispatched twice. */
  public static void giveTo(HttpServletResponse response) {
    if (!response.containsHeader(HEADER)) {
      response.setHeader(HEADER, UUID.randomUUID().toString());
    }
  }
}
