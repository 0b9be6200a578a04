package dev.darkroom.gateway.http;

import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
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

  private static final String NO_PAGE =
      "There is no page at this address. The link may be incomplete or outdated.";

  private final ProblemDetail detail;
  private final HttpHeaders headers = new HttpHeaders();

  private Problem(HttpStatusCode status, String sentence) {
    detail = ProblemDetail.forStatusAndDetail(status, sentence);
    detail.setType(NO_FURTHER_SEMANTICS);
    detail.setProperty("success", false);
    detail.setProperty("error", sentence);
    detail.setProperty("code", ProblemCode.of(status.value()).word());
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    headers.setCacheControl("no-store");
  }

  public static Problem of(HttpStatusCode status, String sentence) {
    return new Problem(status, sentence);
  }

  /** A status without anything more particular to say. */
  public static Problem of(HttpStatusCode status) {
    return new Problem(status, ProblemCode.messageFor(status.value()));
  }

  /** 400 with every bad field. */
  public static Problem badFields(List<BadField> errors) {
    var sentence =
        errors.stream()
            .map(bad -> bad.field() + " " + bad.message())
            .collect(Collectors.joining("; ", "", "."));
    return of(HttpStatus.BAD_REQUEST, sentence).with("errors", errors);
  }

  /** 503: the same request may succeed after a while. */
  public static Problem unavailable(String sentence, Duration retryAfter) {
    return of(HttpStatus.SERVICE_UNAVAILABLE, sentence)
        .header(
            HttpHeaders.RETRY_AFTER,
            String.valueOf(Math.clamp(retryAfter.toSeconds(), 1, LONGEST_RETRY_AFTER)));
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

  /** The requested path, where the request was forwarded to another one. */
  public Problem at(String path) {
    try {
      detail.setInstance(new URI(path));
    } catch (URISyntaxException e) {
      detail.setInstance(null); // not a URI: left out
    }
    return this;
  }

  public Problem header(String name, String value) {
    headers.set(name, value);
    return this;
  }

  public Problem headers(HttpHeaders more) {
    more.forEach((name, values) -> {
      if (!name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
        headers.put(name, values);
      }
    });
    return this;
  }

  /** As {@link #answer()}, but an HTML page for a browser that navigates to this address. */
  public ResponseEntity<Object> answerTo(HttpServletRequest request) {
    return answerTo(request, request.getRequestURI());
  }

  public ResponseEntity<Object> answerTo(HttpServletRequest request, String path) {
    if (!ProblemPage.isWantedBy(request, path)) {
      return answer();
    }
    var status = detail.getStatus();
    var sentence = status == 404 && isGeneral() ? NO_PAGE : detail.getDetail();
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(ProblemPage.TYPE)
        .body(ProblemPage.of(status, Objects.requireNonNullElse(sentence, "")));
  }

  private boolean isGeneral() {
    return ProblemCode.messageFor(detail.getStatus()).equals(detail.getDetail());
  }

  public ResponseEntity<Object> answer() {
    return ResponseEntity.status(detail.getStatus()).headers(headers).body(detail);
  }
}
