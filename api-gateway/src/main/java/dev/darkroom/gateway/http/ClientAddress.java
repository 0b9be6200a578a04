package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Optional;

/** The address that a request comes from, as the server or a trusted proxy names it. */
public final class ClientAddress {
  private ClientAddress() {}

  /** Empty where a proxy names something else, such as {@code unknown}. */
  public static Optional<InetAddress> of(HttpServletRequest request) {
    return parse(request.getRemoteAddr());
  }

  /** Without its zone, which is a matter of this machine. */
  static Optional<InetAddress> parse(String address) {
    var zone = address.indexOf('%');
    try {
      return Optional.of(InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
