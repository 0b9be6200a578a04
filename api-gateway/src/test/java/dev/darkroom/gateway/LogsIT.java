package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogsIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final TestingWorker worker = TestingWorker.of(gateway);

  @Test
  void a_row_has_the_columns_of_the_table_and_nulls_where_there_is_nothing() {
    var id = gateway.submit("a row");
    worker.complete(id);
    var logs = gateway.get("/api/logs?requestId=" + id).json();
    assertThat(logs.get("count").intValue()).isEqualTo(3);
    assertThat(logs.at("/logs/0/step").asString()).isEqualTo("image_generated");
    assertThat(logs.at("/logs/0/image_url").asString()).isEqualTo("/generated/" + id + ".webp");
    assertThat(logs.at("/logs/2").propertyNames())
        .containsExactly(
            "id",
            "request_id",
            "user_id",
            "prompt",
            "status",
            "step",
            "details",
            "image_url",
            "created_at");
    assertThat(logs.at("/logs/2/image_url").isNull()).isTrue();
    assertThat(logs.at("/logs/2/created_at").asString())
        .matches(".*T\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(logs.get("groupedLogs").propertyNames()).containsExactly(id);
    assertThat(logs.at("/groupedLogs/" + id)).isEqualTo(logs.get("logs"));
  }

  @Test
  void filters_and_pages_fit_together() {
    var user = "pages " + UUID.randomUUID();
    for (var i = 0; i < 5; i++) {
      gateway.post("{\"prompt\":\"p%d\",\"userId\":\"%s\"}".formatted(i, user));
    }
    var path = "/api/logs?status=started&userId=" + user.replace(" ", "%20");
    var page = gateway.get(path + "&limit=2&offset=1").json();
    assertThat(page.get("count").intValue()).isEqualTo(5);
    assertThat(page.get("limit").intValue()).isEqualTo(2);
    assertThat(page.get("offset").intValue()).isEqualTo(1);
    assertThat(page.get("logs").valueStream().map(row -> row.get("prompt").asString()))
        .containsExactly("p3", "p2");
    assertThat(gateway.get(path.replace("started", "failed")).json().get("count").intValue())
        .isZero();
  }

  @Test
  void a_cursor_leads_from_page_to_page_to_the_last() {
    var user = "cursor-" + UUID.randomUUID();
    for (var i = 0; i < 5; i++) {
      gateway.post("{\"prompt\":\"A Fox %d\",\"userId\":\"%s\"}".formatted(i, user));
    }
    var path = "/api/logs?limit=2&q=fox&userId=" + user;
    var first = gateway.get(path).json();
    assertThat(prompts(first)).containsExactly("A Fox 4", "A Fox 3");
    assertThat(first.get("count").intValue()).isEqualTo(5);
    assertThat(first.has("countLimited")).isFalse();

    var second = gateway.get(path + "&cursor=" + first.get("nextCursor").asString()).json();
    assertThat(prompts(second)).containsExactly("A Fox 2", "A Fox 1");
    assertThat(second.get("count").intValue()).isEqualTo(5);
    assertThat(second.get("offset").intValue()).isZero();

    var last = gateway.get(path + "&cursor=" + second.get("nextCursor").asString()).json();
    assertThat(prompts(last)).containsExactly("A Fox 0");
    assertThat(last.has("nextCursor")).isFalse();
  }

  @Test
  void a_range_of_time_is_part_of_the_filter() {
    var user = "range-" + UUID.randomUUID();
    gateway.post("{\"prompt\":\"p\",\"userId\":\"%s\"}".formatted(user));
    var at = gateway.get("/api/logs?userId=" + user).text("/logs/0/created_at");
    var path = "/api/logs?userId=" + user;
    assertThat(gateway.get(path + "&since=" + at).text("/count")).isEqualTo("1");
    assertThat(gateway.get(path + "&until=" + at).text("/count")).isEqualTo("0");
    assertThat(gateway.get(path + "&since=2026-01-01T00:00:00%2B01:00").text("/count"))
        .isEqualTo("1");
  }

  private static Stream<String> prompts(JsonNode page) {
    return page.get("logs").valueStream().map(row -> row.get("prompt").asString());
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0, limit",
    "limit=501, limit",
    "limit=-1, limit",
    "limit=abc, limit",
    "limit=1.5, limit",
    "limit=99999999999999999999, limit",
    "offset=-1, offset",
    "offset=9999999999999999999, offset",
    "offset=x, offset",
    "offset=2147483648, offset",
    "status=done, status",
    "status=COMPLETED, status",
    "since=2026-11-24, since",
    "until=now, until",
    "since=2026-11-24T12:00:00Z&until=2026-11-24T12:00:00Z, since until",
    "q=x, q",
    "q=fox&offset=1, offset",
    "cursor=x, cursor",
    "cursor=AAZFJZl2gEAAAAAAAAAAKg&offset=1, offset",
    "limit=x&offset=y&status=z, limit offset status"
  })
  void every_bad_parameter_is_named(String query, String fields) {
    var reply = gateway.get("/api/logs?" + query);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").valueStream().map(error -> error.get("field").asString()))
        .containsExactly(fields.split(" "));
    BadInputIT.assertIsProblem(reply);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "requestId=123",
        "requestId=%27%3B--",
        "userId=%00",
        "userId=a%00b",
        "q=a%00b",
        "q=%25%25%25",
        "since=9999-01-01T00:00:00Z",
        "until=0001-01-01T00:00:00Z",
        "offset=10001&userId=nobody-has-this-name",
        "offset=2147483647",
        "offset=0&userId=nobody-has-this-name"
      })
  void what_can_match_nothing_matches_nothing(String query) {
    var reply = gateway.get("/api/logs?" + query);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().get("logs").isEmpty()).isTrue();
    assertThat(reply.json().get("groupedLogs").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "limit=&offset=&requestId=&status=&userId=&since=&until=&q=&cursor=",
        "unknown=1",
        "&&&"
      })
  void empty_and_unknown_parameters_count_as_absent(String query) {
    var reply = gateway.get("/api/logs?" + query);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().get("limit").intValue()).isEqualTo(50);
    assertThat(reply.json().get("offset").intValue()).isZero();
  }

  @Test
  void of_a_repeated_parameter_the_first_counts() {
    assertThat(gateway.get("/api/logs?limit=3&limit=x").json().get("limit").intValue())
        .isEqualTo(3);
  }
}
