package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/**
 * By what clients are told apart: their IPv4 address, or the /64 of their IPv6 address, of which
 * each may have as many as it likes. Behind a proxy it is the proxy's, unless {@code
 * server.forward-headers-strategy} says that its headers can be trusted.
 */
final class ClientAddress {
  private static final int PREFIX = 8;

  private ClientAddress() {}

  static String of(HttpServletRequest request) {
    return of(request.getRemoteAddr());
  }

  static String of(String address) {
    var zone = address.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone))
              instanceof Inet6Address v6
          ? HexFormat.of().formatHex(v6.getAddress(), 0, PREFIX)
          : address;
    } catch (IllegalArgumentException e) {
      return address; // as a proxy's header names it
    }
  }
}
