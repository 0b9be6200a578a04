package dev.darkroom.worker.nebius;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the internet from those of this machine and its networks, after IANA's
 * registries of special-purpose addresses (RFC 6890).
 */
final class PublicAddress {
  private static final List<Network> NOT_PUBLIC =
      List.of(
          new Network("0.0.0.0", 8),
          new Network("10.0.0.0", 8),
          new Network("100.64.0.0", 10), // carriers' networks
          new Network("127.0.0.0", 8),
          new Network("169.254.0.0", 16), // also a cloud's metadata
          new Network("172.16.0.0", 12),
          new Network("192.0.0.0", 24),
          new Network("192.0.2.0", 24),
          new Network("192.88.99.0", 24),
          new Network("192.168.0.0", 16),
          new Network("198.18.0.0", 15),
          new Network("198.51.100.0", 24),
          new Network("203.0.113.0", 24),
          new Network("224.0.0.0", 3), // multicast, reserved, broadcast
          new Network("::", 8), // unspecified, loopback, and IPv4 in several disguises
          new Network("64:ff9b:1::", 48),
          new Network("100::", 64),
          new Network("2001::", 23),
          new Network("2001:db8::", 32),
          new Network("fc00::", 7), // unique local
          new Network("fe80::", 10),
          new Network("fec0::", 10),
          new Network("ff00::", 8));

  /** IPv6 addresses that stand for the IPv4 address at this place in them. */
  private static final List<Disguise> DISGUISES =
      List.of(
          new Disguise(new Network("64:ff9b::", 96), 12),
          new Disguise(new Network("2002::", 16), 2));

  private record Disguise(Network network, int place) {}

  private PublicAddress() {}

  static boolean isNot(InetAddress address) {
    if (address instanceof Inet4Address) {
      return isListed(address.getAddress());
    }
    var bytes = address.getAddress();
    for (var disguise : DISGUISES) {
      if (disguise.network().holds(bytes)) {
        return isListed(Arrays.copyOfRange(bytes, disguise.place(), disguise.place() + 4));
      }
    }
    return isListed(bytes);
  }

  private static boolean isListed(byte[] address) {
    return NOT_PUBLIC.stream().anyMatch(network -> network.holds(address));
  }

  private static final class Network {
    private final byte[] prefix;
    private final int bits;

    Network(String first, int bits) {
      try {
        this.prefix = InetAddress.getByName(first).getAddress(); // a literal is not looked up
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
      this.bits = bits;
    }

    boolean holds(byte[] address) {
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
