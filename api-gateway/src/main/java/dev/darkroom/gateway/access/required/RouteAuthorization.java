package dev.darkroom.gateway.access.required;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Scope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Lets requests go on by the route table: before all routes by the path, and again by the route
 * that Spring MVC has found, so that no spelling of a path and no forgotten route gets past it.
 */
final class RouteAuthorization
    implements AuthorizationManager<HttpServletRequest>, HandlerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(RouteAuthorization.class);
  private static final String ERROR_PAGE = "/error";

  private final AccessRefusals refusals;

  RouteAuthorization(AccessRefusals refusals) {
    this.refusals = refusals;
  }

  @Override
  public AuthorizationResult authorize(
      Supplier<? extends @Nullable Authentication> authentication, HttpServletRequest request) {
    var rule = RouteTable.ruleOf(request);
    var caller = CallerAuthentication.callerOf(authentication.get());
    return new AuthorizationDecision(
        rule.isPresent()
            ? isAllowed(rule.get().scope(), caller)
            : RouteTable.isOpen(request) || caller.isPresent()); // who then gets 404 or 405
  }

  private static boolean isAllowed(@Nullable Scope scope, Optional<Caller> caller) {
    return scope == null || caller.filter(known -> known.scopes().contains(scope)).isPresent();
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    var pattern =
        Objects.toString(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE), "");
    if (!(handler instanceof HandlerMethod)
        || request.getMethod().equals("OPTIONS")
        || pattern.equals(ERROR_PAGE)) {
      return true;
    }
    var rule = RouteTable.ruleOf(request.getMethod(), pattern);
    if (rule.isEmpty()) {
      log.atError()
          .addKeyValue("method", request.getMethod())
          .addKeyValue("route", pattern)
          .log("route is not in the table of what routes need; it is served to nobody");
      throw new AccessRefusedException(refusals.notListed());
    }
    var caller = Caller.ifKnown(request);
    if (!isAllowed(rule.get().scope(), caller)) {
      throw new AccessRefusedException(
          caller.isPresent()
              ? refusals.insufficientScope(Objects.requireNonNull(rule.get().scope()))
              : refusals.noCredentials());
    }
    return true;
  }
}
