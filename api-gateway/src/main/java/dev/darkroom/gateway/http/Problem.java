package dev.darkroom.gateway.http;

import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.model.RequestId;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * An error reply: a problem detail (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>)
 * with {@code success: false} and {@code error}, one sentence a person can act on.
 */
public final class Problem {
  /** A longer wait would miss the recovery for too long. */
  private static final long LONGEST_RETRY_AFTER = 60;

  private static final URI NO_FURTHER_SEMANTICS = URI.create("about:blank");

  private final ProblemDetail detail;
  private final HttpHeaders headers = new HttpHeaders();

  private Problem(HttpStatusCode status, String sentence) {
    detail = ProblemDetail.forStatusAndDetail(status, sentence);
    detail.setType(NO_FURTHER_SEMANTICS);
    detail.setProperty("success", false);
    detail.setProperty("error", sentence);
    code(ProblemCode.of(status.value()));
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    headers.setCacheControl("no-store");
  }

  public static Problem of(HttpStatusCode status, String sentence) {
    return new Problem(status, sentence);
  }

  /** A status without anything more particular to say. */
  public static Problem of(HttpStatusCode status) {
    return new Problem(status, ProblemCode.of(status.value()).sentence());
  }

  /** 400 with every bad field. */
  public static Problem badFields(List<BadField> errors) {
    var sentence =
        errors.stream()
            .map(bad -> bad.field() + " " + bad.message())
            .collect(Collectors.joining("; ", "", "."));
    return of(HttpStatus.BAD_REQUEST, sentence).with("errors", errors);
  }

  /** 400 with one bad field. */
  public static Problem badField(String field, String message) {
    return badFields(List.of(new BadField(field, message)));
  }

  /** 503: the same request may succeed after a while. */
  public static Problem unavailable(String sentence, Duration retryAfter) {
    return of(HttpStatus.SERVICE_UNAVAILABLE, sentence).retryAfter(retryAfter);
  }

  /** 429: this caller asks for more than one may have. */
  public static Problem tooMany(String sentence, Duration retryAfter) {
    return of(HttpStatus.TOO_MANY_REQUESTS, sentence).retryAfter(retryAfter);
  }

  private Problem retryAfter(Duration time) {
    return header(
        HttpHeaders.RETRY_AFTER,
        String.valueOf(Math.clamp(time.plusMillis(999).toSeconds(), 1, LONGEST_RETRY_AFTER)));
  }

  /** Where the status alone does not tell the error. */
  public Problem code(ProblemCode code) {
    return with("code", code.word());
  }

  public Problem about(RequestId requestId) {
    return with("requestId", requestId);
  }

  public Problem with(String property, Object value) {
    detail.setProperty(property, value);
    return this;
  }

  public Problem header(String name, String value) {
    headers.set(name, value);
    return this;
  }

  public Problem headers(HttpHeaders more) {
    headers.putAll(more);
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return this;
  }

  /** As {@link #answer()}, but an HTML page for a browser that navigates to this address. */
  public ResponseEntity<Object> answerTo(HttpServletRequest request) {
    var path = request.getRequestURI();
    if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String asked) {
      path = asked; // forwarded to the error page
      detail.setInstance(instance(asked));
    }
    if (!ProblemPage.isWantedBy(request, path)) {
      return answer();
    }
    return ResponseEntity.status(detail.getStatus())
        .headers(headers)
        .contentType(ProblemPage.TYPE)
        .body(
            ProblemPage.of(
                detail.getStatus(),
                String.valueOf(detail.getDetail()),
                ForwardedPrefix.of(request)));
  }

  private static @Nullable URI instance(String path) {
    try {
      return new URI(path);
    } catch (URISyntaxException e) {
      return null; // left out
    }
  }

  /** What it says, for a reply of another form. */
  public ProblemDetail detail() {
    return detail;
  }

  public ResponseEntity<Object> answer() {
    return ResponseEntity.status(detail.getStatus()).headers(headers).body(detail);
  }
}
