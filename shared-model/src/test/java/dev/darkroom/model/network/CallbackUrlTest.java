package dev.darkroom.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CallbackUrlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com",
        "https://example.com/hooks?job=1&a=%20",
        "HTTPS://Example.COM.:8443/",
        "https://8.8.8.8/hooks",
        "https://[2606:4700::1111]:443/hooks",
        "https://local.example.com/",
        "https://xn--bcher-kva.example/"
      })
  void a_public_https_url_is_taken(String url) {
    assertThat(CallbackUrl.fault(url, false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "/hooks",
        "http://example.com/",
        "ftp://example.com/",
        "https:///hooks",
        "https://",
        "https:example.com",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://@example.com/",
        "https://example.com/#part",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:x/",
        "https://exa mple.com/",
        "https://example.com/ä",
        "https://bücher.example/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/\n",
        "https://under_score.example.com/",
        "https://0x7f.0.0.1/",
        "https://127.1/"
      })
  void nothing_else_is(String url) {
    assertThat(CallbackUrl.fault(url, false))
        .hasValueSatisfying(fault -> assertThat(fault).startsWith("must be an https URL"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost/",
        "https://LOCALHOST./",
        "https://a.localhost/",
        "https://database/",
        "https://printer.local/",
        "https://metadata.google.internal/",
        "https://router.home.arpa/",
        "https://hidden.onion/",
        "https://127.0.0.1/",
        "https://10.1.2.3:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://010.0.0.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1]/",
        "https://[64:ff9b::7f00:1]/"
      })
  void a_host_that_is_not_public_is_refused_before_anything_is_looked_up(String url) {
    assertThat(CallbackUrl.fault(url, false))
        .hasValueSatisfying(fault -> assertThat(fault).startsWith("must have a public host"));
  }

  @Test
  void for_development_http_and_private_hosts_are_taken_too() {
    assertThat(CallbackUrl.fault("http://localhost:8080/hooks", true)).isEmpty();
    assertThat(CallbackUrl.fault("https://127.0.0.1/hooks", true)).isEmpty();
    assertThat(CallbackUrl.fault("http://user@localhost/", true)).isPresent();
    assertThat(CallbackUrl.fault("file:///etc/passwd", true)).isPresent();
  }
}
