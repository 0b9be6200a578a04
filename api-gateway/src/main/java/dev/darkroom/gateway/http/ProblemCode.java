package dev.darkroom.gateway.http;

import java.util.Locale;

/**
 * The error codes of the API, listed in docs/api.md. A problem about a failed job has the job's
 * code instead.
 */
public enum ProblemCode {
  INVALID_REQUEST,
  UNAUTHENTICATED,
  FORBIDDEN,
  NOT_FOUND,
  METHOD_NOT_ALLOWED,
  NOT_ACCEPTABLE,
  REQUEST_TIMEOUT,
  CONFLICT,
  PRECONDITION_FAILED,
  TOO_LARGE,
  UNSUPPORTED_MEDIA_TYPE,
  RANGE_NOT_SATISFIABLE,
  EXPECTATION_FAILED,
  MISDIRECTED_REQUEST,
  KEY_REUSED,
  RATE_LIMITED,
  INTERNAL_ERROR,
  NOT_IMPLEMENTED,
  UNAVAILABLE,
  LEDGER_UNAVAILABLE,
  LEDGER_READ_ONLY,
  STORE_UNAVAILABLE,
  QUERY_TOO_SLOW,
  TOO_MANY_READERS,
  TOO_MANY_STREAMS,
  TOO_MANY_WAITS;

  /** As in replies. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The code of a status without a more particular one. */
  public static ProblemCode of(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404, 410 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 409 -> CONFLICT;
      case 412 -> PRECONDITION_FAILED;
      case 413, 414, 431 -> TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 416 -> RANGE_NOT_SATISFIABLE;
      case 417 -> EXPECTATION_FAILED;
      case 421 -> MISDIRECTED_REQUEST;
      case 429 -> RATE_LIMITED;
      case 501, 505 -> NOT_IMPLEMENTED;
      case 503 -> UNAVAILABLE;
      default -> status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    };
  }

  /** The sentence for a status without a more particular one. */
  public static String messageFor(int status) {
    return switch (status) {
      case 400 ->
          "The request is not valid HTTP, its parameters cannot be decoded, or its URL and headers exceed 8 KiB.";
      case 403 ->
          "Pages of other sites may not use this API. An operator can list their origin in darkroom.web.origins.";
      case 404 -> "No such route. See /v3/api-docs.";
      case 405 -> "This method is not supported here.";
      case 406 -> "No reply of the accepted type is available. Accept application/json.";
      case 408 -> "The request did not arrive in time. Send it again.";
      case 413 -> "The request is too large. The limit is 64 KiB.";
      case 414, 431 -> "The URL or the headers are too long.";
      case 415 -> "The body must be JSON. Send it with Content-Type: application/json.";
      case 416 -> "The range is outside the content. Content-Range has its size.";
      case 417 -> "Only Expect: 100-continue is supported.";
      case 421 ->
          "This host name is not served here. An operator can list it in darkroom.web.hosts.";
      case 501 -> "This method or transfer encoding is not supported.";
      case 503 -> "The service is unavailable. Try again in a few seconds.";
      case 505 -> "This HTTP version is not supported. Use HTTP/1.1.";
      default ->
          status < 500
              ? "The request cannot be processed. See /v3/api-docs."
              : "Internal error. Try again, and tell the operator if it persists.";
    };
  }
}
