package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which methods a route takes, as it says itself. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class AllowIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @CsvSource({
    "PUT, /api/generate, POST",
    "PATCH, /api/generate, GET",
    "POST, /api/usage, GET",
    "POST, /api/events/history, GET",
    "DELETE, /api/logs, GET",
    "FOO, /api/stats, GET",
    "POST, /generated/x.webp, GET",
    "PATCH, /index.html, GET"
  })
  void a_method_that_is_not_supported_is_a_405_that_names_those_that_are(
      String method, String path, String supported) {
    var reply = send(method, path);
    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).contains(supported);
    assertThat(reply.text("/error"))
        .startsWith("Method %s is not supported here. Supported: ".formatted(method))
        .contains(supported);
    BadInputIT.assertIsProblem(reply);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST", "FOO"})
  void what_is_not_there_is_a_404_for_any_method(String method) {
    var reply = send(method, "/nope");
    assertThat(reply.status()).isEqualTo(404);
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void a_preflight_lets_no_other_origin_in() {
    var reply =
        gateway.send(
            gateway
                .request("/api/generate")
                .method("OPTIONS", BodyPublishers.noBody())
                .headers("Origin", "https://example.com", "Access-Control-Request-Method", "POST"));
    assertThat(reply.response().headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/logs", "/index.html", "/nope"})
  void trace_does_not_send_back_what_was_sent(String path) {
    var reply =
        gateway.send(
            gateway
                .request(path)
                .method("TRACE", BodyPublishers.noBody())
                .header("Cookie", "key=secret"));
    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.body()).doesNotContain("secret");
  }

  private Reply send(String method, String path) {
    return gateway.send(gateway.request(path).method(method, BodyPublishers.noBody()));
  }
}
