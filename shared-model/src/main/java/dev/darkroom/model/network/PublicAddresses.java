package dev.darkroom.model.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses of the public Internet. Whoever can make us connect to others sees private networks
 * through our eyes (server-side request forgery).
 */
public final class PublicAddresses {
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

  private PublicAddresses() {}

  public static boolean contain(InetAddress address) {
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
      return new IpRange(
          InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress(),
          Integer.parseInt(cidr.substring(slash + 1)));
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
