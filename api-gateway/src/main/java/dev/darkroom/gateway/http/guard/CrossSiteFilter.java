package dev.darkroom.gateway.http.guard;

import dev.darkroom.gateway.http.ReplyId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsProcessor;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses API requests of pages of other sites, unless their origin is listed (<a
 * href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata</a>, or the Origin header of browsers
 * without it). Clients that are no browsers send neither.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class CrossSiteFilter extends OncePerRequestFilter {
  private static final String API = "/api";

  private final CorsProcessor cors = new DefaultCorsProcessor();
  private final List<String> origins;
  private final CorsConfiguration forListed;

  CrossSiteFilter(WebSettings settings) {
    this.origins =
        settings.origins().stream().map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
    this.forListed = configuration(origins);
  }

  private static CorsConfiguration configuration(List<String> origins) {
    var configuration = new CorsConfiguration();
    configuration.setAllowedOrigins(origins);
    configuration.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
    configuration.setAllowedHeaders(
        List.of("Content-Type", "Idempotency-Key", "Prefer", "Last-Event-ID"));
    configuration.setExposedHeaders(
        List.of(
            "Location",
            "Preference-Applied",
            "Idempotent-Replayed",
            "Retry-After",
            ReplyId.HEADER,
            "ETag",
            "RateLimit",
            "RateLimit-Policy"));
    configuration.setMaxAge(Duration.ofMinutes(10));
    return configuration;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (isOfApi(request) && !mayPass(request, origin)) {
      response.sendError(HttpStatus.FORBIDDEN.value());
    } else if (origin != null && isListed(origin)) {
      var goesOn = cors.processRequest(forListed, request, response);
      if (goesOn && !CorsUtils.isPreFlightRequest(request)) {
        chain.doFilter(request, response);
      }
    } else {
      if (!origins
          .isEmpty()) { // a cached reply without CORS headers must not go to a listed origin
        response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
      }
      chain.doFilter(request, response);
    }
  }

  /** By its decoded path. */
  private static boolean isOfApi(HttpServletRequest request) {
    var path = request.getServletPath();
    return path.equals(API) || path.startsWith(API + "/");
  }

  private boolean mayPass(HttpServletRequest request, @Nullable String origin) {
    if (isPreflightLike(request) || (origin != null && isListed(origin))) {
      return true;
    }
    var site = String.valueOf(request.getHeader("Sec-Fetch-Site")).toLowerCase(Locale.ROOT);
    return switch (site) {
      case "same-origin", "none" -> true;
      case "cross-site" -> isNavigation(request);
      default -> origin == null || isOwn(origin, request);
    };
  }

  /** OPTIONS reveals only the methods of a route. */
  private static boolean isPreflightLike(HttpServletRequest request) {
    return request.getMethod().equals(HttpMethod.OPTIONS.name());
  }

  /** A followed link: the linking page does not see the reply. */
  private static boolean isNavigation(HttpServletRequest request) {
    var destination = request.getHeader("Sec-Fetch-Dest");
    return "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
        && (destination == null || destination.equals("document"))
        && List.of("GET", "HEAD").contains(request.getMethod());
  }

  private boolean isListed(String origin) {
    return origins.contains(origin.toLowerCase(Locale.ROOT));
  }

  private static boolean isOwn(String origin, HttpServletRequest request) {
    return Authority.ofOrigin(origin)
        .filter(authority -> authority.isAlso(Authority.of(request)))
        .isPresent();
  }
}
