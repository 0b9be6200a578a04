package dev.darkroom.gateway.http.guard;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Serves only the listed host names, if any are listed. This stops DNS rebinding: a page whose name
 * resolves to this machine has the gateway's origin for a browser, but a foreign Host header.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class HostFilter extends OncePerRequestFilter {
  private final List<String> hosts;

  HostFilter(WebSettings settings) {
    this.hosts = settings.hosts();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var named = request.getHeader(HttpHeaders.HOST);
    if (hosts.isEmpty()) {
      chain.doFilter(request, response);
    } else if (named == null || named.isBlank()) { // Tomcat would fall back to its own name
      response.sendError(HttpStatus.BAD_REQUEST.value());
    } else if (hosts.stream().anyMatch(Authority.of(request)::isListed)) {
      chain.doFilter(request, response);
    } else {
      response.sendError(HttpStatus.MISDIRECTED_REQUEST.value());
    }
  }
}
