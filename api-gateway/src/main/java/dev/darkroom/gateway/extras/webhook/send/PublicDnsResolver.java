package dev.darkroom.gateway.extras.webhook.send;

import dev.darkroom.model.network.PublicAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names to public addresses only. It is the HTTP client's own resolver, so the address
 * that was checked is the one connected to (no DNS rebinding).
 */
public final class PublicDnsResolver implements DnsResolver {
  private final DnsResolver dns;
  private final boolean allowPrivate;

  /**
   * @param allowPrivate lets all addresses pass, for development
   */
  public PublicDnsResolver(DnsResolver dns, boolean allowPrivate) {
    this.dns = dns;
    this.allowPrivate = allowPrivate;
  }

  /** A name that stands for an address in a private network. */
  static final class NotPublicException extends UnknownHostException {
    NotPublicException(String host) {
      super(host + " resolves to an address that is not public");
    }
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    var addresses = dns.resolve(host);
    if (!allowPrivate && !Stream.of(addresses).allMatch(PublicAddresses::contain)) {
      throw new NotPublicException(host);
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return dns.resolveCanonicalHostname(host);
  }
}
