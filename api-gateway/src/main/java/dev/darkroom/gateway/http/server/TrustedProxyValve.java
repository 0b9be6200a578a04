package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ForwardedPrefix;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.util.NetMask;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * Heeds {@code X-Forwarded-For}, {@code -Proto}, {@code -Host}, {@code -Port} and {@code -Prefix}
 * of trusted proxies, and takes them off all other requests. Only what is well-formed and named
 * once gets to Tomcat's valve: it would look a name up that stands in the place of an address, and
 * a second value may be the client's. {@code Forwarded} (RFC 7239) is not read.
 */
final class TrustedProxyValve extends RemoteIpValve {
  private static final String FOR = "X-Forwarded-For";
  private static final String PROTO = "X-Forwarded-Proto";
  private static final String HOST = "X-Forwarded-Host";
  private static final String PORT = "X-Forwarded-Port";
  private static final String PREFIX = "X-Forwarded-Prefix";

  private static final Pattern FORWARDED =
      Pattern.compile("forwarded|x-forwarded-.*", Pattern.CASE_INSENSITIVE);
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:[\\w-]+(?:\\.[\\w-]+)*\\.?|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");
  private static final Pattern ADDRESS_AND_PORT =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+\\.\\d+):\\d+|\\[([^]]+)](?::\\d+)?");
  private static final int HIGHEST_PORT = 65_535;

  private final List<NetMask> proxies;

  /**
   * @param proxies addresses, and networks in CIDR notation
   */
  TrustedProxyValve(List<String> proxies) {
    this.proxies = proxies.stream().map(NetMask::new).toList();
    // Tomcat takes the list for a regular expression unless there is a slash in it
    setInternalProxies(
        proxies.stream().map(TrustedProxyValve::network).collect(Collectors.joining(",")));
    setProtocolHeader(PROTO);
    setHostHeader(HOST);
    setPortHeader(PORT);
  }

  private static String network(String proxy) {
    var bits = proxy.contains(":") ? "/128" : "/32";
    return proxy.contains("/") ? proxy : proxy + bits;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var headers = request.getCoyoteRequest().getMimeHeaders();
    if (isTrusted(request.getRemoteAddr())) {
      heed(headers, request);
    } else {
      drop(headers);
    }
    super.invoke(request, response);
  }

  private boolean isTrusted(String address) {
    return !proxies.isEmpty()
        && literal(address)
            .filter(known -> proxies.stream().anyMatch(proxy -> proxy.matches(known)))
            .isPresent();
  }

  private static void heed(MimeHeaders headers, Request request) {
    var clients = clients(headers);
    var host = only(headers, HOST).filter(TrustedProxyValve::isAuthority);
    var port = only(headers, PORT).filter(TrustedProxyValve::isPort);
    var proto =
        only(headers, PROTO)
            .map(named -> named.toLowerCase(Locale.ROOT))
            .filter(named -> List.of("http", "https").contains(named));
    var prefix = only(headers, PREFIX).flatMap(ForwardedPrefix::parse);
    drop(headers);
    if (!clients.isEmpty()) {
      set(headers, FOR, String.join(", ", clients));
    }
    if (host.isPresent() || port.isPresent() || proto.isPresent()) { // each needs the others
      set(headers, PROTO, proto.orElse(request.getScheme()));
    }
    host.ifPresent(named -> set(headers, HOST, named));
    port.or(() -> host.flatMap(TrustedProxyValve::portOf))
        .ifPresent(named -> set(headers, PORT, named));
    prefix.ifPresent(path -> ForwardedPrefix.isOf(request, path));
  }

  /** From the right, where the nearest proxy has added to the list, up to what is no address. */
  private static List<String> clients(MimeHeaders headers) {
    var named =
        values(headers, FOR).stream()
            .flatMap(line -> Arrays.stream(line.split(",", -1)))
            .map(String::strip)
            .toList();
    var clients = new ArrayDeque<String>();
    for (var name : named.reversed()) {
      var address = literal(withoutPort(name));
      if (address.isEmpty()) {
        break;
      }
      clients.addFirst(address.get().getHostAddress());
    }
    return List.copyOf(clients);
  }

  /** Some proxies name the client's port as well. */
  private static String withoutPort(String address) {
    var matcher = ADDRESS_AND_PORT.matcher(address);
    if (!matcher.matches()) {
      return address;
    }
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
  }

  /** Never looks a name up. */
  private static Optional<InetAddress> literal(String address) {
    try {
      return Optional.of(InetAddress.ofLiteral(address));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> only(MimeHeaders headers, String name) {
    var values = values(headers, name);
    return values.size() == 1 ? Optional.of(values.getFirst().strip()) : Optional.empty();
  }

  private static List<String> values(MimeHeaders headers, String name) {
    return Collections.list(headers.values(name));
  }

  private static boolean isAuthority(String named) {
    return AUTHORITY.matcher(named).matches()
        && portOf(named).map(TrustedProxyValve::isPort).orElse(true);
  }

  private static Optional<String> portOf(String authority) {
    var matcher = AUTHORITY.matcher(authority);
    return matcher.matches() ? Optional.ofNullable(matcher.group(1)) : Optional.empty();
  }

  private static boolean isPort(String digits) {
    return digits.matches("[1-9]\\d{0,4}") && Integer.parseInt(digits) <= HIGHEST_PORT;
  }

  private static void set(MimeHeaders headers, String name, String value) {
    headers.setValue(name).setString(value);
  }

  private static void drop(MimeHeaders headers) {
    var names = new ArrayList<String>();
    for (var i = 0; i < headers.size(); i++) {
      var name = headers.getName(i).toString();
      if (FORWARDED.matcher(name).matches()) {
        names.add(name);
      }
    }
    names.forEach(headers::removeHeader);
  }
}
