package dev.darkroom.worker.nebius.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageHostAllowlistTest {
  @Test
  void a_listed_host_over_https_is_one_to_fetch_from() throws MalformedResponse {
    var hosts = strict(SystemDefaultDnsResolver.INSTANCE);

    assertThat(hosts.check("https://pictures.example/a.webp?signed=x"))
        .hasToString("https://pictures.example/a.webp?signed=x");
    assertThat(hosts.check("https://Pictures.Example:443/a")).hasHost("Pictures.Example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a picture",
        "/a.webp",
        "http://pictures.example/a",
        "ftp://pictures.example/a",
        "file:///etc/passwd",
        "data:image/webp;base64,UklGRg==",
        "https://pictures.example:8443/a",
        "https://user@pictures.example/a",
        "https://pictures.example@elsewhere.example/a",
        "https://elsewhere.example/a",
        "https://pictures.example.elsewhere.example/a",
        "https://x.pictures.example/a",
        "https://[::1]/a"
      })
  void nothing_else_is(String address) {
    assertThatThrownBy(() -> strict(SystemDefaultDnsResolver.INSTANCE).check(address))
        .isInstanceOf(MalformedResponse.class)
        .hasMessageNotContaining("/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.2.1", "192.168.1.1", "198.18.0.1", "224.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "fc00::1", "fd12:3456::1", "fe80::1",
        "fec0::1", "ff02::1", "2001:db8::1"
      })
  void a_name_that_means_an_address_inside_is_refused(String address) {
    var hosts = strict(names(Map.of("pictures.example", address)));

    assertThatThrownBy(() -> hosts.resolve("pictures.example"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("private network");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "100.128.0.1",
        "172.32.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2a00:1450::1"
      })
  void a_public_address_is_not(String address) throws UnknownHostException {
    var hosts = strict(names(Map.of("pictures.example", address)));

    assertThat(hosts.resolve("pictures.example")).containsExactly(InetAddress.getByName(address));
  }

  @Test
  void a_simulator_on_this_machine_may_be_allowed() throws MalformedResponse, UnknownHostException {
    var hosts = new ImageHostAllowlist(List.of("127.0.0.1"), true, names(Map.of()));

    assertThat(hosts.check("http://127.0.0.1:8090/v1/pictures/1")).hasPort(8090);
    assertThat(hosts.resolve("127.0.0.1")).hasSize(1);
  }

  private static ImageHostAllowlist strict(DnsResolver dns) {
    return new ImageHostAllowlist(List.of("pictures.example", "127.0.0.1"), false, dns);
  }

  private static DnsResolver names(Map<String, String> addresses) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        return new InetAddress[] {InetAddress.getByName(addresses.getOrDefault(host, host))};
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }
}
