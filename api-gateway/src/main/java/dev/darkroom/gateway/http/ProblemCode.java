package dev.darkroom.gateway.http;

import java.util.Arrays;
import java.util.Locale;

/**
 * The error codes of the API, listed in docs/api.md. A problem about a failed job has the job's
 * code instead.
 */
public enum ProblemCode {
  INVALID_REQUEST(
      "The request is not valid HTTP, its parameters cannot be decoded, or its URL and headers exceed 8 KiB.",
      400),
  UNAUTHENTICATED("Authenticate first.", 401),
  FORBIDDEN(
      "Pages of other sites may not use this API. An operator can list their origin in darkroom.web.origins.",
      403),
  INSUFFICIENT_SCOPE,
  NOT_FOUND("No such route. See /v3/api-docs.", 404),
  METHOD_NOT_ALLOWED("This method is not supported here.", 405),
  NOT_ACCEPTABLE("No reply of the accepted type is available. Accept application/json.", 406),
  REQUEST_TIMEOUT("The request did not arrive in time. Send it again.", 408),
  CONFLICT("The request conflicts with another one.", 409),
  TOO_LARGE(
      "The request is too large. The limit is 64 KiB for the body, 8 KiB for URL and headers.",
      413),
  UNSUPPORTED_MEDIA_TYPE(
      "The body must be JSON. Send it with Content-Type: application/json.", 415),
  RANGE_NOT_SATISFIABLE("The range is outside the content. Content-Range has its size.", 416),
  EXPECTATION_FAILED("Only Expect: 100-continue is supported.", 417),
  MISDIRECTED_REQUEST(
      "This host name is not served here. An operator can list it in darkroom.web.hosts.", 421),
  KEY_REUSED,
  EPOCH_CHANGED,
  RATE_LIMITED("Too many requests. Try again later.", 429),
  INTERNAL_ERROR("Internal error. Try again, and tell the operator if it persists.", 500),
  NOT_IMPLEMENTED(
      "This method, transfer encoding or HTTP version is not supported. Use HTTP/1.1.", 501),
  UNAVAILABLE("The service is unavailable. Try again in a few seconds.", 503),
  LEDGER_UNAVAILABLE,
  LEDGER_READ_ONLY,
  STORE_UNAVAILABLE,
  QUERY_TOO_SLOW,
  TOO_MANY_READERS,
  TOO_MANY_STREAMS,
  TOO_MANY_WAITS,
  TOO_MANY_OPEN_JOBS,
  TOO_MANY_JOBS_TODAY,
  QUEUE_FULL,
  DEADLINE_UNREACHABLE;

  private final String sentence;
  private final int status;

  /** Whoever uses it has a sentence of its own. */
  ProblemCode() {
    this("", 0);
  }

  /**
   * @param sentence where there is no more particular one
   * @param status which has this code where there is no more particular one
   */
  ProblemCode(String sentence, int status) {
    this.sentence = sentence;
    this.status = status;
  }

  public String sentence() {
    return sentence;
  }

  /** As in replies. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The code of a status without a more particular one. */
  public static ProblemCode of(int status) {
    return switch (status) {
      case 410 -> NOT_FOUND;
      case 414, 431 -> TOO_LARGE;
      case 505 -> NOT_IMPLEMENTED;
      default ->
          Arrays.stream(values())
              .filter(code -> code.status == status)
              .findFirst()
              .orElse(status < 500 ? INVALID_REQUEST : INTERNAL_ERROR);
    };
  }
}
