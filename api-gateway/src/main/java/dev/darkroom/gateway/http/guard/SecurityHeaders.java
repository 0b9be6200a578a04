package dev.darkroom.gateway.http.guard;

import dev.darkroom.gateway.http.ImageOrigin;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Sets headers that stop browsers from loading content of other sites and guessing types. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SecurityHeaders extends OncePerRequestFilter {
  private static final String IMAGES_FROM = "; img-src 'self' ";
  private static final String SELF_ONLY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** Swagger UI sets style attributes and draws its icons from data URLs. */
  private static final String SWAGGER_UI =
      SELF_ONLY + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

  private final String pages;
  private final String resources;

  SecurityHeaders(ObjectProvider<ImageOrigin> elsewhere, WebSettings settings) {
    this.resources = settings.origins().isEmpty() ? "same-origin" : "cross-origin";
    this.pages =
        elsewhere.stream()
            .map(origin -> SELF_ONLY + IMAGES_FROM + origin.value())
            .findFirst()
            .orElse(SELF_ONLY);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var swagger = request.getRequestURI().startsWith("/swagger-ui");
    response.setHeader("Content-Security-Policy", swagger ? SWAGGER_UI : pages);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", resources);
    chain.doFilter(request, response);
  }
}
