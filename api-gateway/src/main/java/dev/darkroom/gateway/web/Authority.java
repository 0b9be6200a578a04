package dev.darkroom.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Under which name and port a server is called.
 *
 * @param host in lower case, an IPv6 address in brackets
 */
record Authority(String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  Authority {
    host = host.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) { // the same name, written to its end
      host = host.substring(0, host.length() - 1);
    }
  }

  static Authority of(HttpServletRequest request) {
    return new Authority(request.getServerName(), request.getServerPort());
  }

  /** Empty for {@code null} and other origins that have none. */
  static Optional<Authority> ofOrigin(String origin) {
    try {
      var uri = new URI(origin);
      if (uri.getHost() == null) {
        return Optional.empty();
      }
      var otherwise = "https".equalsIgnoreCase(uri.getScheme()) ? HTTPS : HTTP;
      return Optional.of(
          new Authority(uri.getHost(), uri.getPort() < 0 ? otherwise : uri.getPort()));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A proxy may have taken the encryption off: https without a port comes as http without one. */
  boolean isAlso(Authority other) {
    return host.equals(other.host)
        && (port == other.port || (hasDefaultPort() && other.hasDefaultPort()));
  }

  private boolean hasDefaultPort() {
    return port == HTTP || port == HTTPS;
  }

  /**
   * Whether one of the settings stands for it: a name, all names below one, with or without port.
   */
  boolean isListed(String setting) {
    var colon = setting.lastIndexOf(':');
    var hasPort = colon > setting.lastIndexOf(']');
    var name = (hasPort ? setting.substring(0, colon) : setting).toLowerCase(Locale.ROOT);
    return (!hasPort || Integer.parseInt(setting.substring(colon + 1)) == port)
        && (name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name));
  }
}
