package dev.darkroom.gateway.http;

/** What to say about a status where nothing more particular is known. */
final class Sentences {
  private Sentences() {}

  static String about(int status) {
    return switch (status) {
      case 400 ->
          "The request can't be read as HTTP, its parameters can't be decoded, or its address and headers exceed 8 KiB; correct it and send it again.";
      case 403 ->
          "Pages of other sites may not use this API; an operator can list their origin in darkroom.web.origins.";
      case 404 -> "There is nothing at this address; /v3/api-docs lists what there is.";
      case 405 -> "This address does not take that method; the Allow header lists those it takes.";
      case 406 -> "There is no reply of the type asked for; accept application/json.";
      case 408 -> "The request did not arrive in time; send it again without a pause.";
      case 413 -> "The request is too large; a request of at most 64 KiB is read.";
      case 414, 431 -> "The request's address or headers are too large; shorten them.";
      case 415 -> "The body must be JSON: send it with Content-Type: application/json.";
      case 416 -> "None of its bytes are in that range; Content-Range says how many there are.";
      case 417 -> "No expectation is met but 100-continue; leave out the Expect header.";
      case 421 ->
          "This service is not known by the name in the Host header; an operator can list it in darkroom.web.hosts.";
      case 505 -> "This version of HTTP is not supported; use HTTP/1.1.";
      case 501 -> "This method or transfer coding is not supported.";
      case 503 -> "The service is not available at the moment; try again in a few seconds.";
      default ->
          status < 500
              ? "The request can't be answered as it is; /v3/api-docs describes what can."
              : "Something went wrong on our side; try again, and tell the operator if it stays so.";
    };
  }
}
