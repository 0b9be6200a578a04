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
  private static final String UNKNOWN = "00000000-0000-0000-0000-000000000000";

  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @CsvSource({
    "/api/generate, POST OPTIONS",
    "/api/generate/" + UNKNOWN + ", GET HEAD OPTIONS",
    "/api/logs, GET HEAD OPTIONS",
    "/api/stats, GET HEAD OPTIONS",
    "/api/events, GET HEAD OPTIONS",
    "/generated/" + UNKNOWN + ".webp, GET HEAD OPTIONS",
    "/v3/api-docs, GET HEAD OPTIONS",
    "/index.html, GET HEAD OPTIONS",
    "/, GET HEAD OPTIONS",
    "/logs, GET HEAD OPTIONS",
    "/requests/" + UNKNOWN + ", GET HEAD OPTIONS"
  })
  void a_route_names_the_same_methods_whichever_it_refuses_and_where_it_is_asked(
      String path, String methods) {
    for (var method : new String[] {"PUT", "DELETE", "PATCH", "FOO", "TRACE"}) {
      var reply = send(method, path);
      assertThat(reply.status()).as(method).isEqualTo(405);
      assertThat(allowed(reply)).as(method).containsExactlyInAnyOrder(methods.split(" "));
      BadInputIT.assertIsProblem(reply);
    }
    var asked = send("OPTIONS", path);
    assertThat(asked.status()).isEqualTo(200);
    assertThat(allowed(asked)).containsExactlyInAnyOrder(methods.split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST", "TRACE", "FOO", "OPTIONS"})
  void what_is_not_there_takes_no_method(String method) {
    var reply = send(method, "/nope");
    assertThat(reply.status()).isEqualTo(404);
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void a_preflight_hears_of_the_routes_methods_and_lets_no_other_origin_in() {
    var reply =
        gateway.send(
            gateway
                .request("/api/generate")
                .method("OPTIONS", BodyPublishers.noBody())
                .headers("Origin", "https://example.com", "Access-Control-Request-Method", "POST"));
    assertThat(allowed(reply)).containsExactlyInAnyOrder("POST", "OPTIONS");
    assertThat(reply.response().headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/logs", "/index.html", "/nope"})
  void trace_does_not_send_back_what_was_sent(String path) {
    var trace = gateway.request(path).method("TRACE", BodyPublishers.noBody());
    assertThat(gateway.send(trace.header("Cookie", "key=secret")).body()).doesNotContain("secret");
  }

  private Reply send(String method, String path) {
    return gateway.send(gateway.request(path).method(method, BodyPublishers.noBody()));
  }

  private static String[] allowed(Reply reply) {
    return reply.header("Allow").split(", ?");
  }
}
