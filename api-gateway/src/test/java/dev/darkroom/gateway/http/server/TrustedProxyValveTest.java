package dev.darkroom.gateway.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RawHttp;
import dev.darkroom.gateway.RawHttp.RawReply;
import dev.darkroom.gateway.http.ForwardedPrefix;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application sees of a request that came through a proxy, or pretends to. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class TrustedProxyValveTest {
  private static final String DIRECT = "127.0.0.1 http gateway:8080 -";

  private static Tomcat trusting;
  private static Tomcat suspicious;
  private static Tomcat unaware;

  @BeforeAll
  static void start(@TempDir Path folder) throws LifecycleException {
    trusting = tomcat(folder.resolve("trusting"), "127.0.0.1", "10.0.0.0/8", "2001:db8::/32");
    suspicious = tomcat(folder.resolve("suspicious"), "10.0.0.0/8");
    unaware = tomcat(folder.resolve("unaware"));
  }

  @AfterAll
  static void stop() throws LifecycleException {
    for (var tomcat : List.of(trusting, suspicious, unaware)) {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  @Test
  void a_trusted_proxy_says_who_asks_for_what() throws IOException {
    assertThat(
            seen(
                trusting,
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: pictures.example.com",
                "X-Forwarded-Prefix: /darkroom"))
        .isEqualTo("203.0.113.7 https pictures.example.com:443 /darkroom");
  }

  @Test
  void anybody_else_says_nothing() throws IOException {
    for (var tomcat : List.of(suspicious, unaware)) {
      var reply =
          send(
              tomcat,
              "X-Forwarded-For: 203.0.113.7",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: evil.example",
              "X-Forwarded-Port: 1",
              "X-Forwarded-Prefix: /evil",
              "X-Forwarded-Ssl: on",
              "Forwarded: for=203.0.113.7;host=evil.example;proto=https");
      assertThat(body(reply)).isEqualTo(DIRECT);
      assertThat(reply.headers("Seen")).containsExactly("none");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.7                        | 203.0.113.7",
        "203.0.113.7, 10.1.2.3              | 203.0.113.7",
        "198.51.100.1, 203.0.113.7          | 203.0.113.7",
        "198.51.100.1, 203.0.113.7,10.1.2.3 | 203.0.113.7",
        "evil.example, 203.0.113.7          | 203.0.113.7",
        "10.1.2.3, 10.4.5.6                 | 10.1.2.3",
        "203.0.113.7:4711                   | 203.0.113.7",
        "2001:db9::1                        | 2001:db9:0:0:0:0:0:1",
        "[2001:db9::1]:4711, 2001:db8::5    | 2001:db9:0:0:0:0:0:1",
        "evil.example, 10.1.2.3             | 10.1.2.3",
        "203.0.113.7, evil.example          | 127.0.0.1",
        "203.0.113.7, <script>              | 127.0.0.1",
        "203.0.113.7,                       | 127.0.0.1",
        "unknown                            | 127.0.0.1"
      })
  void the_client_is_the_first_from_the_right_that_is_no_proxy(String header, String client)
      throws IOException {
    assertThat(seen(trusting, "X-Forwarded-For: " + header)).startsWith(client + " http");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Host: a.example                                | http a.example:80",
        "X-Forwarded-Host: a.example:8443, X-Forwarded-Proto: https | https a.example:8443",
        "X-Forwarded-Host: a.example, X-Forwarded-Port: 8443, X-Forwarded-Proto: HTTPS | https a.example:8443",
        "X-Forwarded-Host: [2001:db9::1]:81                         | http [2001:db9::1]:81",
        "X-Forwarded-Proto: https                                   | https gateway:443"
      })
  void host_port_and_scheme_belong_together(String headers, String expected) throws IOException {
    assertThat(seen(trusting, headers.split(", "))).isEqualTo("127.0.0.1 " + expected + " -");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Host: evil.example/",
        "X-Forwarded-Host: user@evil.example",
        "X-Forwarded-Host: evil.example:99999",
        "X-Forwarded-Host: evil.example:0",
        "X-Forwarded-Host: a.example, evil.example",
        "X-Forwarded-Host: <script>",
        "X-Forwarded-Host: a.example\r\nX-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: ftp",
        "X-Forwarded-Proto: javascript",
        "X-Forwarded-Proto: https, http",
        "X-Forwarded-Port: 99999",
        "X-Forwarded-Port: x",
        "X-Forwarded-Prefix: darkroom",
        "X-Forwarded-Prefix: /",
        "X-Forwarded-Prefix: //evil.example",
        "X-Forwarded-Prefix: /\\evil.example",
        "X-Forwarded-Prefix: https://evil.example",
        "X-Forwarded-Prefix: /a/../b",
        "X-Forwarded-Prefix: /.",
        "X-Forwarded-Prefix: /a%2fb",
        "X-Forwarded-Prefix: /a?b",
        "X-Forwarded-Prefix: /a#b",
        "X-Forwarded-Prefix: /\"><script>",
        "X-Forwarded-Prefix: /a, /b",
        "X-Forwarded-Prefix: /a\r\nX-Forwarded-Prefix: /b",
        "Forwarded: for=203.0.113.7;host=a.example;proto=https"
      })
  void what_is_malformed_or_ambiguous_is_ignored(String headers) throws IOException {
    assertThat(seen(trusting, headers)).isEqualTo(DIRECT);
  }

  @Test
  void a_prefix_may_have_several_segments_and_is_not_endless() throws IOException {
    assertThat(seen(trusting, "X-Forwarded-Prefix: /a.b/c~d/")).endsWith(" /a.b/c~d");
    assertThat(seen(trusting, "X-Forwarded-Prefix: /" + "a".repeat(256))).isEqualTo(DIRECT);
  }

  @Test
  void only_what_was_checked_reaches_the_application() throws IOException {
    var reply =
        send(
            trusting,
            "X-Forwarded-For: evil.example, 203.0.113.7",
            "X-Forwarded-Host: evil.example/",
            "X-Forwarded-Server: evil.example",
            "Forwarded: host=evil.example");
    assertThat(reply.headers("Seen")).containsExactly("none");
  }

  private static String seen(Tomcat tomcat, String... headers) throws IOException {
    return body(send(tomcat, headers));
  }

  private static String body(RawReply reply) {
    return reply.text().substring(reply.text().indexOf("\r\n\r\n") + 4);
  }

  private static RawReply send(Tomcat tomcat, String... headers) throws IOException {
    var head = Stream.concat(Stream.of("GET / HTTP/1.1", "Host: gateway:8080"), Stream.of(headers));
    return RawHttp.send(tomcat.getConnector().getLocalPort(), head.toArray(String[]::new));
  }

  private static Tomcat tomcat(Path folder, String... proxies) throws LifecycleException {
    var tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getEngine().getPipeline().addValve(new TrustedProxyValve(List.of(proxies)));
    var context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "mirror", new MirrorServlet()).addMapping("/");
    tomcat.start();
    return tomcat;
  }

  private static final class MirrorServlet extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      var prefix = ForwardedPrefix.of(request);
      var seen =
          "%s %s %s:%d %s"
              .formatted(
                  request.getRemoteAddr(),
                  request.isSecure() ? "https" : "http",
                  request.getServerName(),
                  request.getServerPort(),
                  prefix.isEmpty() ? "-" : prefix);
      var forwarded =
          Collections.list(request.getHeaderNames()).stream()
              .filter(name -> name.toLowerCase(Locale.ROOT).contains("forwarded"))
              .toList();
      response.setHeader("Seen", forwarded.isEmpty() ? "none" : String.join(",", forwarded));
      response.getWriter().write(seen);
    }
  }
}
