package dev.darkroom.worker.nebius.http;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Which addresses a response may make us fetch its picture from. It is also the HTTP client's DNS
 * resolver, so the address that was checked is the one connected to (no DNS rebinding).
 */
public final class ImageHostAllowlist implements DnsResolver {
  private static final int HTTPS = 443;

  /** IANA's special-purpose addresses (RFC 6890). */
  private static final List<IpRange> NOT_PUBLIC =
      Stream.of(
              "0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16",
              "100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15",
              "198.51.100.0/24 203.0.113.0/24 224.0.0.0/3",
              "::/8 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 fc00::/7 fe80::/10 fec0::/10",
              "ff00::/8")
          .flatMap(line -> Stream.of(line.split(" ")))
          .map(IpRange::parse)
          .toList();

  /** IPv6 addresses that hold an IPv4 address: NAT64 from byte 12, 6to4 from byte 2. */
  private static final IpRange NAT64 = IpRange.parse("64:ff9b::/96");

  private static final IpRange SIX_TO_FOUR = IpRange.parse("2002::/16");

  private final List<String> hosts;
  private final boolean insecure;
  private final DnsResolver dns;

  /**
   * @param hosts exact names
   * @param insecure also allow http, any port and private networks, for a simulator
   */
  public ImageHostAllowlist(List<String> hosts, boolean insecure, DnsResolver dns) {
    this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    this.insecure = insecure;
    this.dns = dns;
  }

  /**
   * The address, if a picture may be fetched from it. No message repeats the whole address: a
   * signed one gives access to whoever reads it.
   */
  public URI check(String address) throws MalformedResponse {
    URI url;
    try {
      url = new URI(address.strip());
    } catch (URISyntaxException e) {
      throw new MalformedResponse("The answer's picture URL is not valid.");
    }
    if (url.getHost() == null || url.getRawUserInfo() != null || !isSecureEnough(url)) {
      throw new MalformedResponse("The answer's picture URL is not a plain https one.");
    }
    if (!hosts.contains(url.getHost().toLowerCase(Locale.ROOT))) {
      throw new MalformedResponse(
          "The answer's picture is on %s, which darkroom.nebius.pictures.hosts does not list."
              .formatted(url.getHost()),
          "The answer's picture is on a host that is not allowed.");
    }
    return url;
  }

  private boolean isSecureEnough(URI url) {
    return insecure
        ? "https".equals(url.getScheme()) || "http".equals(url.getScheme())
        : "https".equals(url.getScheme()) && (url.getPort() == -1 || url.getPort() == HTTPS);
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    var addresses = dns.resolve(host);
    if (!insecure && !Stream.of(addresses).allMatch(ImageHostAllowlist::isPublic)) {
      throw new UnknownHostException(host + " resolves to an address in a private network");
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return dns.resolveCanonicalHostname(host);
  }

  private static boolean isPublic(InetAddress address) {
    var bytes = address.getAddress();
    if (!(address instanceof Inet4Address)) {
      if (NAT64.contains(bytes)) {
        bytes = Arrays.copyOfRange(bytes, 12, 16);
      } else if (SIX_TO_FOUR.contains(bytes)) {
        bytes = Arrays.copyOfRange(bytes, 2, 6);
      }
    }
    var bare = bytes;
    return NOT_PUBLIC.stream().noneMatch(range -> range.contains(bare));
  }

  private static final class IpRange {
    private final byte[] prefix;
    private final int bits;

    private IpRange(byte[] prefix, int bits) {
      this.prefix = prefix;
      this.bits = bits;
    }

    static IpRange parse(String cidr) {
      int slash = cidr.indexOf('/');
      try {
        var literal = InetAddress.getByName(cidr.substring(0, slash)); // not looked up
        return new IpRange(literal.getAddress(), Integer.parseInt(cidr.substring(slash + 1)));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
