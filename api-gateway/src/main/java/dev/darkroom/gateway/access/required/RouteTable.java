package dev.darkroom.gateway.access.required;

import static dev.darkroom.gateway.access.Scope.GENERATE;
import static dev.darkroom.gateway.access.Scope.OPERATE;
import static dev.darkroom.gateway.access.Scope.READ;

import dev.darkroom.gateway.access.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** What each route needs. A route that is missing here is served to nobody. */
final class RouteTable {
  private static final List<RouteRule> RULES =
      Stream.of(
              rules(
                  GENERATE,
                  "POST /v1/images/generations",
                  "GET /v1/models",
                  "GET /v1/models/{*modelId}",
                  "POST /api/generate",
                  "DELETE /api/generate/{requestId}",
                  "POST /api/generate/{requestId}/replay",
                  "DELETE /api/groups/{groupId}",
                  "POST /api/groups/{groupId}/replay",
                  "POST /api/generate/{requestId}/deliveries/{deliveryId}/redeliver",
                  "GET /api/webhooks/secret", // who has it can forge deliveries
                  "POST /api/webhooks/secret/rotate",
                  "POST /api/webhooks/enable",
                  "POST /api/webhooks/redeliver",
                  "POST /api/webhooks/test"),
              rules(
                  READ,
                  "GET /api/generate",
                  "GET /api/generate/{requestId}",
                  "GET /api/generate/{requestId}/events",
                  "GET /api/generate/{requestId}/link",
                  "GET /api/generate/{requestId}/deliveries",
                  "GET /api/groups/{groupId}",
                  "GET /api/events",
                  "GET /api/events/history",
                  "GET /api/logs",
                  "GET /api/logs/export",
                  "GET /api/models",
                  "GET /api/stats",
                  "GET /api/usage",
                  "GET /api/webhooks",
                  "GET /generated/{file}"),
              rules(
                  OPERATE,
                  "GET /api/operations",
                  "POST /api/operations",
                  "POST /api/operations/pause",
                  "POST /api/operations/resume",
                  "GET /api/operations/{operationId}",
                  "DELETE /api/operations/{operationId}",
                  "POST /api/operations/erase",
                  "GET /api/operations/erase/{erasureId}",
                  "GET /api/audit",
                  "GET /api/workers",
                  "GET /api/keys",
                  "POST /api/keys",
                  "DELETE /api/keys/{keyId}"),
              rules(
                  null,
                  "GET /api/session",
                  "POST /api/session",
                  "DELETE /api/session",
                  "GET /v3/api-docs",
                  "GET /v3/api-docs.yaml",
                  "GET /swagger-ui.html",
                  "GET /",
                  "GET /generate",
                  "GET /logs",
                  "GET /operations",
                  "GET /keys",
                  "GET /requests/{requestId}"))
          .flatMap(rules -> rules)
          .sorted(Comparator.comparing(RouteRule::path, PathPattern.SPECIFICITY_COMPARATOR))
          .toList();

  /** Below these there are no pages and no static files, so that only listed routes are open. */
  private static final List<String> GUARDED = List.of("/api", "/generated", "/v1", "/actuator");

  private RouteTable() {}

  /**
   * What a route needs.
   *
   * @param scope {@code null} where nobody is asked who they are
   */
  record RouteRule(String method, PathPattern path, @Nullable Scope scope) {
    /** As in the API description. */
    String route() {
      return method + " " + path.getPatternString().replace("{*", "{");
    }

    private boolean isOf(String asked) {
      return method.equals(asked.equals("HEAD") ? "GET" : asked);
    }
  }

  private static Stream<RouteRule> rules(@Nullable Scope scope, String... routes) {
    return Arrays.stream(routes)
        .map(route -> route.split(" ", 2))
        .map(parts ->
            new RouteRule(parts[0], PathPatternParser.defaultInstance.parse(parts[1]), scope));
  }

  static List<RouteRule> rules() {
    return RULES;
  }

  /** The rule of the route that a request will get to, if there is one. */
  static Optional<RouteRule> ruleOf(HttpServletRequest request) {
    var path = pathOf(request).pathWithinApplication();
    return RULES.stream()
        .filter(rule -> rule.isOf(request.getMethod()) && rule.path().matches(path))
        .findFirst();
  }

  /** The rule of a route, by its pattern. */
  static Optional<RouteRule> ruleOf(String method, String pattern) {
    return RULES.stream()
        .filter(rule -> rule.isOf(method) && rule.path().getPatternString().equals(pattern))
        .findFirst();
  }

  /**
   * Whether a request without any rule is one for a page, a static file, or nothing at all. OPTIONS
   * tells only the methods of a route.
   */
  static boolean isOpen(HttpServletRequest request) {
    var path = request.getServletPath(); // decoded
    return request.getMethod().equals("OPTIONS")
        || GUARDED.stream().noneMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }

  private static RequestPath pathOf(HttpServletRequest request) {
    return ServletRequestPathUtils.hasParsedRequestPath(request)
        ? ServletRequestPathUtils.getParsedRequestPath(request)
        : ServletRequestPathUtils.parse(request);
  }
}
