package dev.darkroom.gateway.http.server;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;

/**
 * The name and port in a request's Host header or an origin.
 *
 * @param host in lower case, an IPv6 address in brackets
 */
record Authority(String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  Authority {
    host = host.toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) { // fully qualified
      host = host.substring(0, host.length() - 1);
    }
  }

  /**
   * From the {@code Host} header, whose syntax Tomcat has checked, or from what a trusted proxy
   * says that it was: pages of other sites can set other headers that name a host.
   */
  static Authority of(HttpServletRequest request) {
    return new Authority(request.getServerName(), request.getServerPort());
  }

  /** Empty for {@code null}, the origin of sandboxed pages. */
  static Optional<Authority> ofOrigin(String origin) {
    var parts = origin.split("://", 2);
    return parts.length < 2
        ? Optional.empty()
        : Optional.of(of(parts[1], parts[0].equalsIgnoreCase("https") ? HTTPS : HTTP));
  }

  private static Authority of(String named, int otherwise) {
    var colon = named.lastIndexOf(':');
    return colon > named.lastIndexOf(']') && colon + 1 < named.length()
        ? new Authority(named.substring(0, colon), port(named.substring(colon + 1)))
        : new Authority(named, otherwise);
  }

  /** -1, which is no port of an address, for anything else. */
  private static int port(String digits) {
    return digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
  }

  /** A proxy may have terminated TLS: https without a port arrives as http without one. */
  boolean isAlso(Authority other) {
    return host.equals(other.host) && hasSamePort(other);
  }

  /** Whether a setting lists it: a name or a wildcard, with a port or for any. */
  boolean isListed(String setting) {
    var listed = of(setting, port);
    var isOfHost =
        listed.host.startsWith("*.")
            ? host.endsWith(listed.host.substring(1))
            : host.equals(listed.host);
    return port >= 0 && isOfHost && hasSamePort(listed);
  }

  private boolean hasSamePort(Authority other) {
    return port == other.port || (hasDefaultPort() && other.hasDefaultPort());
  }

  private boolean hasDefaultPort() {
    return port == HTTP || port == HTTPS;
  }
}
