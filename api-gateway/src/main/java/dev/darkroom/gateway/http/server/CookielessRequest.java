package dev.darkroom.gateway.http.server;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** A request whose cookies nobody sees. */
final class CookielessRequest extends HttpServletRequestWrapper {
  CookielessRequest(HttpServletRequest request) {
    super(request);
  }

  @Override
  public Cookie @Nullable [] getCookies() {
    return null;
  }

  @Override
  public @Nullable String getHeader(String name) {
    return isCookie(name) ? null : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return isCookie(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    var names = Collections.list(super.getHeaderNames());
    names.removeIf(CookielessRequest::isCookie);
    return Collections.enumeration(names);
  }

  private static boolean isCookie(String name) {
    return name.equalsIgnoreCase(HttpHeaders.COOKIE);
  }
}
