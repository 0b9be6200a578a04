package dev.darkroom.gateway.extras.webhook.send;

import static dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.answer;
import static dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.answerWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.ReceivedWebhook;
import dev.darkroom.gateway.extras.webhook.send.TryResult.TryOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookClientTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final String BODY =
      "{\"type\":\"darkroom.test\",\"data\":{\"userId\":\"ädä 😀\"}}";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private SSLContext tls;
  private TestingEndpoint endpoint;
  private TestingEndpoint plain;
  private final WebhookClient client =
      client(SystemDefaultDnsResolver.INSTANCE, true, null, TIMEOUT);

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    tls = TestingEndpoint.selfSigned(folder);
    endpoint = TestingEndpoint.https(tls);
    plain = TestingEndpoint.http();
  }

  @AfterEach
  void answer_as_usual() {
    endpoint.answers(answer(204));
    plain.answers(answer(204));
  }

  @AfterAll
  void stop() throws IOException {
    endpoint.close();
    plain.close();
    client.close();
  }

  private WebhookClient client(
      DnsResolver dns, boolean allowPrivate, @Nullable SSLContext trusted, Duration timeout) {
    TlsSocketStrategy strategy =
        trusted == null
            ? DefaultClientTlsStrategy.createSystemDefault()
            : new DefaultClientTlsStrategy(trusted);
    return new WebhookClient(
        new PublicDnsResolver(dns, allowPrivate), strategy, timeout, Clock.systemUTC());
  }

  private static SignedMessage message(String... secrets) {
    return SignedMessage.sign("msg-1", Instant.now(), BODY, List.of(secrets));
  }

  @Test
  void a_message_arrives_over_tls_as_it_was_signed() throws Exception {
    try (var trusting = client(SystemDefaultDnsResolver.INSTANCE, true, tls, TIMEOUT)) {
      var result = trusting.post(endpoint.url("/hooks?job=1"), message(SECRET));

      assertThat(result.outcome()).isEqualTo(TryOutcome.DELIVERED);
      assertThat(result.status()).isEqualTo(204);
      assertThat(result.error()).isNull();
    }
    var received = endpoint.received().getLast();
    assertThat(received.path()).isEqualTo("/hooks?job=1");
    assertThat(received.body()).isEqualTo(BODY);
    assertThat(received.header("Content-Type")).isEqualTo("application/json");
    assertThat(received.header("webhook-id")).isEqualTo("msg-1");
    verify(SECRET, received);
    assertThatThrownBy(() -> verify(OLD_SECRET, received))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void while_a_secret_is_rotated_a_receiver_may_know_either() throws Exception {
    var _ = client.post(plain.url("/"), message(SECRET, OLD_SECRET));

    var received = plain.received().getLast();
    assertThat(received.header("webhook-signature")).matches("v1,[^ ]{44} v1,[^ ]{44}");
    verify(SECRET, received);
    verify(OLD_SECRET, received);
  }

  /** The example of the specification's own libraries. */
  @Test
  void the_signature_is_that_of_the_standard() {
    var message =
        SignedMessage.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            Instant.ofEpochSecond(1614265330),
            "{\"test\": 2432232314}",
            List.of(SECRET));

    assertThat(message.signatures()).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  private static void verify(String secret, ReceivedWebhook received) throws Exception {
    new Webhook(secret).verify(received.body(), HttpHeaders.of(received.headers(), (_, _) -> true));
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused_and_says_so() {
    var before = endpoint.received().size();

    var result = client.post(endpoint.url("/"), message(SECRET));

    assertThat(result.outcome()).isEqualTo(TryOutcome.UNTRUSTED);
    assertThat(result.error()).startsWith("The certificate is not trusted: ");
    assertThat(result.status()).isNull();
    assertThat(endpoint.received()).hasSize(before);
  }

  @Test
  void a_certificate_for_another_host_is_refused() throws Exception {
    try (var trusting = client(to("127.0.0.1"), true, tls, TIMEOUT)) {
      var result =
          trusting.post(
              "https://other.example.com:%d/".formatted(endpoint.port()), message(SECRET));

      assertThat(result.outcome()).isEqualTo(TryOutcome.UNTRUSTED);
      assertThat(result.error()).containsIgnoringCase("certificate");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"})
  void a_name_with_a_private_address_is_not_connected_to(String address) throws Exception {
    var before = plain.received().size();
    try (var strict = client(to(address), false, null, TIMEOUT)) {
      var result =
          strict.post("http://hooks.example.com:%d/".formatted(plain.port()), message(SECRET));

      assertThat(result.outcome()).isEqualTo(TryOutcome.NOT_PUBLIC);
      assertThat(result.error()).isEqualTo("The host has an address that is not public.");
    }
    assertThat(plain.received()).hasSize(before);
  }

  @Test
  void one_private_address_among_public_ones_is_one_too_many() throws Exception {
    try (var strict = client(to("8.8.8.8", "127.0.0.1"), false, null, TIMEOUT)) {
      assertThat(strict.post("http://hooks.example.com/", message(SECRET)).outcome())
          .isEqualTo(TryOutcome.NOT_PUBLIC);
    }
  }

  @Test
  void an_address_in_the_url_is_checked_like_a_name() throws Exception {
    try (var strict = client(SystemDefaultDnsResolver.INSTANCE, false, null, TIMEOUT)) {
      for (var host : List.of("127.0.0.1", "[::1]", "localhost")) {
        assertThat(
                strict
                    .post("http://%s:%d/".formatted(host, plain.port()), message(SECRET))
                    .outcome())
            .as(host)
            .isEqualTo(TryOutcome.NOT_PUBLIC);
      }
    }
  }

  @Test
  void a_redirect_is_a_failure_and_not_followed() {
    plain.answers(answer(302, "Location", plain.url("/elsewhere")));

    var result = client.post(plain.url("/"), message(SECRET));

    assertThat(result.outcome()).isEqualTo(TryOutcome.REDIRECTED);
    assertThat(result.error()).isEqualTo("The endpoint answered 302. Redirects are not followed.");
    assertThat(plain.received().getLast().path()).isEqualTo("/");
  }

  @Test
  void gone_is_told_from_other_refusals() {
    plain.answers(answer(410));
    assertThat(client.post(plain.url("/"), message(SECRET)).outcome()).isEqualTo(TryOutcome.GONE);
    plain.answers(answerWith(500, "out of order"));
    var result = client.post(plain.url("/"), message(SECRET));
    assertThat(result.outcome()).isEqualTo(TryOutcome.REFUSED);
    assertThat(result.reply()).isEqualTo("out of order");
    assertThat(result.error()).isEqualTo("The endpoint answered 500.");
  }

  @Test
  void a_wish_to_wait_is_read_in_seconds_and_as_a_date() {
    plain.answers(answer(429, "Retry-After", "120"));
    assertThat(client.post(plain.url("/"), message(SECRET)).retryAfter()).hasSeconds(120);
    var date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plus(1, ChronoUnit.HOURS).atOffset(ZoneOffset.UTC));
    plain.answers(answer(503, "Retry-After", date));
    assertThat(client.post(plain.url("/"), message(SECRET)).retryAfter())
        .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    plain.answers(answer(503, "Retry-After", "soon"));
    assertThat(client.post(plain.url("/"), message(SECRET)).retryAfter()).isZero();
  }

  @Test
  void an_endpoint_that_does_not_answer_is_left_in_time() throws Exception {
    plain.answers(plain.never());
    try (var hasty = client(SystemDefaultDnsResolver.INSTANCE, true, null, Duration.ofSeconds(1))) {
      var result = hasty.post(plain.url("/"), message(SECRET));

      assertThat(result.outcome()).isEqualTo(TryOutcome.TIMED_OUT);
      assertThat(result.error()).isEqualTo("No answer within 1 s.");
    }
  }

  @Test
  void of_a_reply_only_the_beginning_is_read_and_only_what_prints_is_kept() throws Exception {
    plain.answers(exchange -> {
      exchange.sendResponseHeaders(200, 0);
      var line = "a\u0000\u001b[31m\u202eb\r\n".repeat(100).getBytes(StandardCharsets.UTF_8);
      try {
        while (true) { // until nobody reads any more
          exchange.getResponseBody().write(line);
        }
      } catch (IOException e) {
        // as expected
      }
    });

    var result = client.post(plain.url("/"), message(SECRET));

    assertThat(result.outcome()).isEqualTo(TryOutcome.DELIVERED);
    assertThat(result.reply()).startsWith("a  [31m b  a").hasSizeBetween(190, 200);
  }

  /** The library's limits are in force; without them this would fill the gateway's memory. */
  @ParameterizedTest
  @ValueSource(ints = {1, 200_000})
  void a_reply_with_fifty_megabytes_of_headers_is_not_read(int lines) throws Exception {
    try (var door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var answering =
          Thread.startVirtualThread(
              () -> answerWithHeaders(door, "a:" + "b".repeat(50_000_000 / lines), lines));

      var result = client.post("http://localhost:%d/".formatted(door.getLocalPort()), message());

      assertThat(result.outcome()).isEqualTo(TryOutcome.UNREACHABLE);
      answering.join();
    }
  }

  private static void answerWithHeaders(ServerSocket door, String header, int times) {
    try (var connection = door.accept()) {
      var out = connection.getOutputStream();
      out.write("HTTP/1.1 204 No Content\r\n".getBytes(StandardCharsets.US_ASCII));
      for (var i = 0; i < times; i++) {
        out.write((header + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      // the client has gone
    }
  }

  @Test
  void nobody_there_and_no_such_name_are_told_apart() throws Exception {
    var closed = TestingEndpoint.http();
    closed.close();
    var refused = client.post(closed.url("/"), message(SECRET));
    assertThat(refused.outcome()).isEqualTo(TryOutcome.UNREACHABLE);
    assertThat(refused.error()).isEqualTo("The connection was refused.");
    try (var lost = client(to(), true, null, TIMEOUT)) {
      assertThat(lost.post("http://gone.example.com/", message(SECRET)).error())
          .isEqualTo("The host's name could not be resolved.");
    }
  }

  /** Every name has these addresses; without one it has none. */
  private static DnsResolver to(String... addresses) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        if (addresses.length == 0) {
          throw new UnknownHostException(host);
        }
        return List.of(addresses).stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }
}
