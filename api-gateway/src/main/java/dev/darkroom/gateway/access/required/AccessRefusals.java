package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.access.required.RouteTable.RouteRule;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Replies to requests that may not go on: with the problems of all other routes, and what <a
 * href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750</a> asks for.
 */
final class AccessRefusals implements AuthenticationEntryPoint, AccessDeniedHandler {
  private static final String CHALLENGE = "Bearer";
  private static final String NOTHING =
      "Authenticate: send Authorization: Bearer with an API key or an access token.";
  private static final String NOT_LISTED = "This route may be used by nobody.";

  private final HandlerExceptionResolver replies;
  private final MeterRegistry meters;

  /**
   * @param replies as for the exceptions of routes
   */
  AccessRefusals(HandlerExceptionResolver replies, MeterRegistry meters) {
    this.replies = replies;
    this.meters = meters;
  }

  /** Credentials are missing, or good for nothing, or nobody can tell. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
    reply(
        request,
        response,
        switch (e) {
          case UndecidedException undecided -> undecided(undecided.problem());
          case OAuth2AuthenticationException refused ->
              badCredentials(String.valueOf(refused.getError().getDescription()));
          default -> noCredentials();
        });
  }

  /** The credentials are good, but not for this. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException e) {
    var scope = RouteTable.ruleOf(request).map(RouteRule::scope);
    reply(request, response, scope.map(this::insufficientScope).orElseGet(this::notListed));
  }

  /** Something else keeps the request from going on. */
  void fail(HttpServletRequest request, HttpServletResponse response, RuntimeException e) {
    replies.resolveException(request, response, null, e);
  }

  private void reply(HttpServletRequest request, HttpServletResponse response, Problem problem) {
    fail(request, response, new AccessRefusedException(problem));
  }

  Problem noCredentials() {
    count("no_credentials");
    return Problem.of(HttpStatus.UNAUTHORIZED, NOTHING)
        .header(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
  }

  private Problem badCredentials(String reason) {
    count("bad_credentials");
    return Problem.of(HttpStatus.UNAUTHORIZED, reason)
        .header(
            HttpHeaders.WWW_AUTHENTICATE,
            "%s error=\"invalid_token\", error_description=\"%s\""
                .formatted(CHALLENGE, quotable(reason)));
  }

  private Problem undecided(Problem problem) {
    count("undecided");
    return problem;
  }

  Problem insufficientScope(Scope scope) {
    count("insufficient_scope");
    return Problem.of(
            HttpStatus.FORBIDDEN,
            "These credentials lack the scope %s, which this route needs.".formatted(scope.word()))
        .code(ProblemCode.INSUFFICIENT_SCOPE)
        .header(
            HttpHeaders.WWW_AUTHENTICATE,
            "%s error=\"insufficient_scope\", scope=\"%s\"".formatted(CHALLENGE, scope.word()));
  }

  Problem notListed() {
    count("not_listed");
    return Problem.of(HttpStatus.FORBIDDEN, NOT_LISTED);
  }

  private void count(String reason) {
    Counter.builder("darkroom.access.refused")
        .description("Requests refused for who sent them, or for what they may do")
        .tag("reason", reason)
        .register(meters)
        .increment();
  }

  /** What a quoted string in a header may have there (RFC 6750, section 3). */
  private static String quotable(String text) {
    return text.replaceAll("[^\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]", "'");
  }

  /** Whether credentials are good can't be found out. */
  static final class UndecidedException extends AuthenticationException {
    private final transient Problem problem;

    UndecidedException(Problem problem) {
      super("whether the credentials are good can't be found out");
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }
}
