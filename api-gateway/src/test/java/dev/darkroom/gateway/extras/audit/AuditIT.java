package dev.darkroom.gateway.extras.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.RunningGateway.Reply;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a gateway writes down of operators. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class AuditIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final String user = "audited-" + UUID.randomUUID();

  @Test
  void a_pause_and_its_end_are_written_down_and_an_end_of_none_is_not() {
    var body = "{\"userId\":\"%s\",\"reason\":\"Rest.\"}".formatted(user);
    var paused = post("/pause", body);
    post("/resume", body);
    post("/resume", body);
    post("/pause", "{\"userId\":\"%s\",\"model\":\"m\"}".formatted(user));

    var entries = entries("user:" + user);
    assertThat(entries.json().get("entries").findValuesAsString("action"))
        .containsExactly("resume", "pause");
    assertThat(entries.text("/entries/1/trace")).isEqualTo(paused.header("X-Request-Id"));
    assertThat(entries.text("/entries/1/actor")).isEqualTo("anybody");
    assertThat(entries.text("/entries/1/address")).isNotEmpty();
  }

  @Test
  void a_change_of_many_jobs_is_written_down_when_it_begins_and_when_it_is_stopped() {
    var filter = "\"filter\":{\"userId\":\"%s\"}".formatted(user);
    post("", "{\"action\":\"cancel\",%s,\"dryRun\":true}".formatted(filter));
    var begun = post("", "{\"action\":\"cancel\",%s}".formatted(filter));
    var path = begun.header("Location");
    gateway.send(gateway.request(path).DELETE());
    gateway.send(gateway.request(path).DELETE());

    var actions =
        entries("operation:" + begun.text("/id"))
            .json()
            .get("entries")
            .findValuesAsString("action");
    // it may have completed before it could be stopped
    assertThat(actions)
        .isIn(List.of("operation_begin"), List.of("operation_stop", "operation_begin"));
    assertThat(entries("operation:" + begun.text("/id")).body()).doesNotContain(user);
  }

  @Test
  void ones_own_jobs_are_not() {
    var job = gateway.submit("mine");
    gateway.send(gateway.request("/api/generate/" + job).DELETE());
    gateway.send(
        gateway
            .request("/api/generate/" + job + "/replay")
            .POST(HttpRequest.BodyPublishers.noBody()));

    assertThat(entries("job:" + job).json().get("entries")).isEmpty();
  }

  @Test
  void it_is_read_page_by_page() {
    post("/pause", "{\"model\":\"%s\"}".formatted(user));
    post("/resume", "{\"model\":\"%s\"}".formatted(user));

    var first = gateway.get("/api/audit?limit=1&target=model:" + user);
    assertThat(first.text("/entries/0/action")).isEqualTo("resume");
    var second =
        gateway.get(
            "/api/audit?limit=1&target=model:" + user + "&cursor=" + first.text("/nextCursor"));
    assertThat(second.text("/entries/0/action")).isEqualTo("pause");
    assertThat(second.json().has("nextCursor")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "action=burn, action",
    "limit=0, limit",
    "cursor=x, cursor",
    "since=yesterday, since",
    "since=2026-01-02T00:00Z&until=2026-01-01T00:00Z, until"
  })
  void a_bad_parameter_is_named(String query, String field) {
    var reply = gateway.get("/api/audit?" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").findValuesAsString("field")).contains(field);
  }

  private Reply entries(String target) {
    return gateway.get("/api/audit?target=" + target);
  }

  private Reply post(String path, String body) {
    return gateway.send(
        gateway
            .request("/api/operations" + path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }
}
