package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** X-Request-Id and the codes of problems. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReplyIdIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @CsvSource({
    "GET, /, 200",
    "HEAD, /, 200",
    "GET, /favicon.svg, 200",
    "GET, /v3/api-docs, 200",
    "GET, /api/logs, 200",
    "GET, /api/logs/export?format=csv&requestId=none, 200",
    "GET, /api/logs?limit=x, 400",
    "GET, /nope, 404",
    "PUT, /api/logs, 405",
    "TRACE, /, 405",
    "OPTIONS, /api/logs, 200",
    "GET, /{, 400"
  })
  void every_reply_has_an_id_of_its_own(String method, String path, int status) throws IOException {
    var first = RawHttp.send(gateway.port(), method + " " + path + " HTTP/1.1", "Host: a");
    var second = RawHttp.send(gateway.port(), method + " " + path + " HTTP/1.1", "Host: a");

    assertThat(first.status()).isEqualTo(status);
    assertThat(first.headers("X-Request-Id")).hasSize(1);
    assertThat(UUID.fromString(first.headers("X-Request-Id").getFirst()))
        .isNotEqualTo(UUID.fromString(second.headers("X-Request-Id").getFirst()));
  }

  @Test
  void a_reply_about_a_job_has_the_jobs_id() {
    var key = UUID.randomUUID().toString();
    var first = gateway.post("{\"prompt\":\"a\"}", "Idempotency-Key", key);
    var repeated = gateway.post("{\"prompt\":\"a\"}", "Idempotency-Key", key);
    var asked = gateway.get("/api/generate/" + first.text("/requestId"));

    assertThat(first.header("X-Request-Id")).isEqualTo(first.text("/requestId"));
    assertThat(repeated.header("X-Request-Id")).isEqualTo(first.text("/requestId"));
    assertThat(asked.header("X-Request-Id")).isEqualTo(first.text("/requestId"));
  }

  @ParameterizedTest
  @CsvSource({
    "/nope, not_found",
    "/api/generate/x, not_found",
    "/generated/x, not_found",
    "/api/logs?limit=x, invalid_request",
    "/api/events, invalid_request"
  })
  void a_problem_has_a_code(String path, String code) {
    assertThat(gateway.get(path).text("/code")).isEqualTo(code);
  }

  @Test
  void a_key_for_another_request_has_a_code_of_its_own() {
    var key = UUID.randomUUID().toString();
    gateway.post("{\"prompt\":\"a\"}", "Idempotency-Key", key);
    assertThat(gateway.post("{\"prompt\":\"b\"}", "Idempotency-Key", key).text("/code"))
        .isEqualTo("key_reused");
  }
}
