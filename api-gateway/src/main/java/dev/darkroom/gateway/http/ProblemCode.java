package dev.darkroom.gateway.http;

import java.util.Locale;

/**
 * What a problem is, as a word for programs. A problem about a job that failed has the job's code
 * instead. docs/api.md lists them.
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

  /** As replies have it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For a status about which nothing more particular is known. */
  static ProblemCode of(int status) {
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
}
