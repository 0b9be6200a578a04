package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ImageOrigin;
import dev.darkroom.gateway.http.OpenAiError;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.http.SignInOrigin;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
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
 * Sets the security headers of every reply, and refuses requests by two rules.
 *
 * <p>Only the listed host names are served, if any are listed. This stops DNS rebinding: a page
 * whose name resolves to this machine has the gateway's origin for a browser, but a foreign Host
 * header.
 *
 * <p>Pages of other sites may not use the API, unless their origin is listed (<a
 * href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata</a>, or the Origin header of browsers
 * without it). Clients that are no browsers send neither. Pages of listed origins send credentials
 * in headers; cookies, which browsers may add by themselves, are not read then.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SecurityFilter extends OncePerRequestFilter {
  private static final String SELF_ONLY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** Swagger UI sets style attributes and draws its icons from data URLs. */
  private static final String SWAGGER_UI =
      SELF_ONLY + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

  /** Client libraries of OpenAI's API encode the slashes in an id. */
  private static final String MODELS = "/v1/models/";

  /** Beside those that need no permission, such as Accept and a simple Range. */
  private static final List<String> ALLOWED_HEADERS =
      List.of(
          "Authorization",
          "Content-Type",
          "Idempotency-Key",
          "If-None-Match",
          "Last-Event-ID",
          "Prefer",
          "Range",
          "traceparent",
          // what OpenAI's client libraries send from browsers
          "OpenAI-Organization",
          "OpenAI-Project",
          "X-Stainless-Arch",
          "X-Stainless-Lang",
          "X-Stainless-OS",
          "X-Stainless-Package-Version",
          "X-Stainless-Retry-Count",
          "X-Stainless-Runtime",
          "X-Stainless-Runtime-Version",
          "X-Stainless-Timeout");

  /** What a reply has for clients, beside what browsers show anyway. */
  private static final List<String> EXPOSED_HEADERS =
      List.of(
          "Accept-Ranges",
          "Allow",
          "Content-Disposition",
          "Content-Range",
          "Darkroom-Complete",
          "Darkroom-Epoch",
          "Darkroom-Ignored",
          "Darkroom-Next",
          "Date",
          "ETag",
          "Idempotent-Replayed",
          "Location",
          "Preference-Applied",
          "RateLimit",
          "RateLimit-Policy",
          "Retry-After",
          "WWW-Authenticate",
          OpenAiError.SHOULD_RETRY,
          ReplyId.HEADER);

  private final List<String> hosts;
  private final List<String> origins;
  private final CorsProcessor corsProcessor = new DefaultCorsProcessor();
  private final CorsConfiguration cors = new CorsConfiguration();
  private final String pages;

  SecurityFilter(
      ObjectProvider<ImageOrigin> elsewhere,
      ObjectProvider<SignInOrigin> signIn,
      WebSettings settings) {
    this.hosts = settings.hosts();
    this.origins =
        settings.origins().stream().map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
    this.pages =
        SELF_ONLY
            + allowed("img-src", elsewhere.stream().map(ImageOrigin::value))
            + allowed("connect-src", signIn.stream().map(SignInOrigin::value));
    cors.setAllowedOrigins(origins);
    cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
    cors.setAllowedHeaders(ALLOWED_HEADERS);
    cors.setExposedHeaders(EXPOSED_HEADERS);
    cors.setMaxAge(Duration.ofMinutes(10));
  }

  private static String allowed(String directive, Stream<String> origins) {
    return origins
        .findFirst()
        .map(origin -> "; %s 'self' %s".formatted(directive, origin))
        .orElse("");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    addHeadersTo(request, response);
    var refusal = refusal(request);
    if (refusal.isPresent()) {
      response.sendError(refusal.get().value());
    } else if (mayGoOn(request, response)) {
      chain.doFilter(
          isOfListedOrigin(request) ? new CookielessRequest(request) : request, response);
    }
  }

  private boolean isOfListedOrigin(HttpServletRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    return origin != null && isListed(origin) && !isOwn(origin, request);
  }

  private void addHeadersTo(HttpServletRequest request, HttpServletResponse response) {
    var swagger = request.getServletPath().startsWith("/swagger-ui/");
    response.setHeader("Content-Security-Policy", swagger ? SWAGGER_UI : pages);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader(
        "Cross-Origin-Resource-Policy", origins.isEmpty() ? "same-origin" : "cross-origin");
  }

  private Optional<HttpStatus> refusal(HttpServletRequest request) {
    var host = request.getHeader(HttpHeaders.HOST);
    if (!hosts.isEmpty() && (host == null || host.isBlank())) { // Tomcat would use its own name
      return Optional.of(HttpStatus.BAD_REQUEST);
    }
    if (!hosts.isEmpty() && hosts.stream().noneMatch(Authority.of(request)::isListed)) {
      return Optional.of(HttpStatus.MISDIRECTED_REQUEST);
    }
    var path = request.getServletPath(); // decoded
    if (hasEncodedSlash(request) && !path.startsWith(MODELS)) {
      return Optional.of(HttpStatus.BAD_REQUEST);
    }
    return Stream.of("/api", "/v1").anyMatch(api -> path.equals(api) || path.startsWith(api + "/"))
            && !mayUseApi(request)
        ? Optional.of(HttpStatus.FORBIDDEN)
        : Optional.empty();
  }

  /** Tomcat decodes it, for ids of models; anywhere else it could only hide what a path means. */
  private static boolean hasEncodedSlash(HttpServletRequest request) {
    return request.getRequestURI().toLowerCase(Locale.ROOT).contains("%2f");
  }

  private boolean mayUseApi(HttpServletRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    if (request.getMethod().equals(HttpMethod.OPTIONS.name()) || isListed(origin)) {
      return true; // OPTIONS reveals only the methods of a route
    }
    var site = String.valueOf(request.getHeader("Sec-Fetch-Site")).toLowerCase(Locale.ROOT);
    return switch (site) {
      case "same-origin", "none" -> true;
      case "cross-site" -> isNavigation(request);
      default -> origin == null || isOwn(origin, request);
    };
  }

  /** A followed link: the linking page does not see the reply. */
  private static boolean isNavigation(HttpServletRequest request) {
    var destination = request.getHeader("Sec-Fetch-Dest");
    return "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
        && (destination == null || destination.equals("document"))
        && List.of("GET", "HEAD").contains(request.getMethod());
  }

  private boolean isListed(@Nullable String origin) {
    return origin != null && origins.contains(origin.toLowerCase(Locale.ROOT));
  }

  private static boolean isOwn(String origin, HttpServletRequest request) {
    return Authority.ofOrigin(origin)
        .filter(authority -> authority.isAlso(Authority.of(request)))
        .isPresent();
  }

  /** False where it was a preflight, which has its reply. */
  private boolean mayGoOn(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (isListed(request.getHeader(HttpHeaders.ORIGIN))) {
      return corsProcessor.processRequest(cors, request, response)
          && !CorsUtils.isPreFlightRequest(request);
    }
    if (!origins.isEmpty()) { // a cached reply without CORS headers must not go to a listed origin
      response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    return true;
  }
}
