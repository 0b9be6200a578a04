package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.http.Problem;

/** A request that goes no further, with the reply to it. */
final class AccessRefusedException extends RuntimeException {
  private final transient Problem problem;

  AccessRefusedException(Problem problem) {
    super("access refused");
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
