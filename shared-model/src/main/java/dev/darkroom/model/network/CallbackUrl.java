package dev.darkroom.model.network;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for a URL to which a client wants something sent. */
public final class CallbackUrl {
  public static final int MAX_LENGTH = 2048;

  private static final String EXAMPLE = ", such as https://example.com/hooks";
  private static final int MAX_PORT = 65_535;
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]*");
  private static final Pattern IPV4 = Pattern.compile("\\d+(\\.\\d+){3}");

  /** Names that DNS does not resolve, or each network for itself (RFC 6761, 6762, 7686, 8375). */
  private static final Pattern LOCAL_NAME =
      Pattern.compile("[^.]*|(.*\\.)?(localhost|local|internal|home\\.arpa|test|invalid|onion)");

  private CallbackUrl() {}

  /**
   * What is wrong with it, as the rest of a sentence that begins with the field's name; empty where
   * nothing is. Names are not looked up: whoever connects checks their addresses.
   *
   * @param insecure also allow http and private hosts, for development
   */
  public static Optional<String> fault(String url, boolean insecure) {
    var parsed = parse(url);
    if (parsed.isEmpty() || !isOrdinary(parsed.get(), insecure)) {
      return Optional.of(
          "must be an %s URL without credentials and fragment%s"
              .formatted(insecure ? "http or https" : "https", EXAMPLE));
    }
    return insecure || isPublic(parsed.get().getHost())
        ? Optional.empty()
        : Optional.of("must have a public host" + EXAMPLE);
  }

  private static Optional<URI> parse(String url) {
    try {
      return PRINTABLE.matcher(url).matches() ? Optional.of(new URI(url)) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isOrdinary(URI url, boolean insecure) {
    return ("https".equalsIgnoreCase(url.getScheme())
            || (insecure && "http".equalsIgnoreCase(url.getScheme())))
        && url.getHost() != null
        && url.getRawUserInfo() == null
        && url.getRawFragment() == null
        && url.getPort() != 0
        && url.getPort() <= MAX_PORT;
  }

  private static boolean isPublic(String host) {
    var isIpv6 = host.startsWith("[");
    if (isIpv6 || IPV4.matcher(host).matches()) {
      try {
        var literal = isIpv6 ? host.substring(1, host.length() - 1) : host;
        return PublicAddresses.contain(InetAddress.ofLiteral(literal));
      } catch (IllegalArgumentException e) {
        return false; // such as an octal number, or the name of a network interface
      }
    }
    var name = host.toLowerCase(Locale.ROOT);
    var bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return !LOCAL_NAME.matcher(bare).matches();
  }
}
