package dev.darkroom.gateway.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets the routes say which methods they take ({@code Allow}: RFC 9110, section 10.2.1), where the
 * servlet would speak for all of them.
 */
@Component
final class LeaveMethodsToRoutes extends OncePerRequestFilter {
  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getMethod().equals(HttpMethod.TRACE.name())) {
      chain.doFilter(new Unknown(request), response);
    } else if (CorsUtils.isPreFlightRequest(request)) {
      chain.doFilter(new Plain(request), response);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** The page for errors is reached by another way, with the same method. */
  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  /**
   * TRACE under a name that the servlet does not know. It would answer by sending back all that was
   * sent, cookies and keys included; routes refuse what they don't know.
   */
  private static final class Unknown extends HttpServletRequestWrapper {
    Unknown(HttpServletRequest request) {
      super(request);
    }

    @Override
    public String getMethod() {
      return super.getMethod().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A preflight as the OPTIONS that it is otherwise. No other origin is let in, which a browser
   * sees by what is not in the reply.
   */
  private static final class Plain extends HttpServletRequestWrapper {
    Plain(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)
          ? null
          : super.getHeader(name);
    }
  }
}
