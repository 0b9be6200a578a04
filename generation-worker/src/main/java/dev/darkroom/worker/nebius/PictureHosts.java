package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ReadReply.BadReply;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Which addresses an answer may send us to for its picture. It is asked for names by the client
 * itself, which then connects to what was checked and to nothing else: a name that means another
 * address a moment later gains nothing.
 */
final class PictureHosts implements DnsResolver {
  private static final int HTTPS = 443;

  private final List<String> allowed;
  private final boolean insecure;
  private final DnsResolver names;

  PictureHosts(NebiusSettings.Pictures settings) {
    this(settings, SystemDefaultDnsResolver.INSTANCE);
  }

  PictureHosts(NebiusSettings.Pictures settings, DnsResolver names) {
    this.allowed = settings.hosts().stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    this.insecure = settings.insecure();
    this.names = names;
  }

  /**
   * The address, if a picture may be fetched from it. No message repeats it whole: it may be
   * signed, and so open to whoever reads it.
   */
  URI checked(String address) throws BadReply {
    URI url;
    try {
      url = new URI(address.strip());
    } catch (URISyntaxException e) {
      throw new BadReply("The answer names an address for its picture that is none.");
    }
    if (url.getHost() == null || url.getRawUserInfo() != null || !isSecureEnough(url)) {
      throw new BadReply(
          "The answer names an address for its picture that is not a plain https one.");
    }
    if (!allowed.contains(url.getHost().toLowerCase(Locale.ROOT))) {
      throw new BadReply(
          "The answer wants its picture fetched from %s, which darkroom.nebius.pictures.hosts does not list."
              .formatted(url.getHost()),
          "The answer wants its picture fetched from a host that is not allowed.");
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
    var addresses = names.resolve(host);
    if (!insecure && Stream.of(addresses).anyMatch(PublicAddress::isNot)) {
      throw new UnknownHostException(host + " is an address inside of a private network");
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return names.resolveCanonicalHostname(host);
  }
}
