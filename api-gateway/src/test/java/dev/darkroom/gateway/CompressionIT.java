package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.Environment;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CompressionIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v3/api-docs", "/api/logs?limit=500", "/api/logs/export?format=csv"})
  void text_is_compressed_for_who_can_read_it(String path) {
    gateway.submit("to be logged");
    var reply = gateway.get(path, "Accept-Encoding", "gzip");
    assertThat(reply.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(reply.header("Vary")).containsIgnoringCase("accept-encoding");
    assertThat(gateway.get(path).header("Content-Encoding")).isEmpty();
  }

  @Test
  void what_is_small_is_sent_as_it_is() {
    var reply = gateway.get("/favicon.svg", "Accept-Encoding", "gzip");
    assertThat(reply.response().body()).hasSizeBetween(1, 1_000);
    assertThat(reply.header("Content-Encoding")).isEmpty();
  }

  @Test
  void events_never_wait_to_be_compressed_together_and_pictures_are_compressed_already() {
    var environment = gateway.bean(Environment.class);
    assertThat(environment.getProperty("server.compression.mime-types", String[].class))
        .contains("application/json", "text/csv", "image/svg+xml")
        .doesNotContain("text/event-stream", "text/*", "image/webp");
  }
}
