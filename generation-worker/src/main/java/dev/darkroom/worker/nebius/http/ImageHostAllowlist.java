package dev.darkroom.worker.nebius.http;

import dev.darkroom.model.network.PublicAddresses;
import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
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
    if (!insecure && !Stream.of(addresses).allMatch(PublicAddresses::contain)) {
      throw new UnknownHostException(host + " resolves to an address in a private network");
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return dns.resolveCanonicalHostname(host);
  }
}
