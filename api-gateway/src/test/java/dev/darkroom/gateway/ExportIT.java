package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.testservers.TestServers;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ExportIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RunningGateway gateway = RunningGateway.shared();
  private final String user = "export-" + UUID.randomUUID();

  @Test
  void each_line_is_a_row_as_the_log_shows_it() {
    submit("first", "second, with \"quotes\" and\na line", "third 🦊");

    var reply = gateway.get("/api/logs/export?format=ndjson&userId=" + user);

    assertThat(reply.header("Content-Type")).isEqualTo("application/x-ndjson");
    assertThat(reply.header("Content-Disposition"))
        .matches("attachment; filename=\"darkroom-logs-\\d{4}-\\d\\d-\\d\\dT\\d{6}Z\\.ndjson\"");
    assertThat(reply.body()).endsWith("\n");
    assertThat(reply.body().lines().map(JSON::readTree)).containsExactlyElementsOf(rows());
  }

  @Test
  void a_csv_reader_reads_what_was_logged() {
    submit("first", "second, with \"quotes\" and\na line", "third 🦊; \r\nÖl", "x".repeat(2_000));

    var reply = gateway.get("/api/logs/export?format=csv&userId=" + user);

    assertThat(reply.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    assertThat(reply.header("Content-Disposition")).endsWith(".csv\"");
    assertThat(reply.body())
        .startsWith("id,request_id,user_id,prompt,status,step,details,image_url,created_at\r\n")
        .endsWith("\r\n");
    var read = csv(reply.body());
    var rows = rows();
    assertThat(read).hasSameSizeAs(rows);
    for (var i = 0; i < read.size(); i++) {
      for (var field : rows.get(i).properties()) {
        var cell = read.get(i).get(field.getKey());
        switch (field.getKey()) {
          case "details" -> assertThat(JSON.readTree(cell)).isEqualTo(field.getValue());
          case "image_url" -> assertThat(cell).isEmpty();
          default -> assertThat(cell).isEqualTo(field.getValue().asString());
        }
      }
    }
  }

  @Test
  void who_asks_for_the_head_gets_it_without_the_log_being_read() {
    submit("one");

    var reply =
        gateway.send(
            gateway
                .request("/api/logs/export?format=csv&userId=" + user)
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
    assertThat(reply.header("Content-Disposition")).endsWith(".csv\"");
  }

  @ParameterizedTest
  @CsvSource({"=1+1", "+1", "-1", "@SUM(A1)", "＝1"})
  void no_spreadsheet_takes_a_prompt_for_a_formula(String prompt) {
    submit(prompt);
    var read = csv(gateway.get("/api/logs/export?format=csv&userId=" + user).body());
    assertThat(read).extracting(row -> row.get("prompt")).containsExactly("'" + prompt);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {",", ";", "\t", "|", "\n", "\r\n", "\u2028", "; ", ";\"", ";\u200b", ";'"})
  void no_spreadsheet_finds_a_formula_behind_what_it_may_split_at(String separator) {
    for (var begin : List.of("=", "+", "-", "@", "＝", "＋", "－", "＠")) {
      submit("x" + separator + begin + "HYPERLINK(1)");
    }

    var body = gateway.get("/api/logs/export?format=csv&userId=" + user).body();

    assertThat(body).doesNotContainPattern("[,;\t|\r\n\u2028][\"'\\s\u200b]*(?<!')[=+\\-@＝＋－＠]");
    assertThat(csv(body))
        .extracting(row -> row.get("prompt"))
        .allMatch(
            prompt -> prompt.matches("(?s)x" + Pattern.quote(separator) + "'.HYPERLINK\\(1\\)"));
  }

  /** A step's details hold the negative prompt, too. */
  @Test
  void a_formula_in_details_is_escaped_and_can_be_read_back() {
    var negative = "x;=1+1, -2|@a \"=b\" \\;=";
    gateway.post(
        JSON.writeValueAsString(
            Map.of("prompt", "a", "negative_prompt", negative, "userId", user)));

    var body = gateway.get("/api/logs/export?format=csv&userId=" + user).body();

    assertThat(body).doesNotContainPattern("[,;|][\"'\\s]*[=+@]").doesNotContainPattern(", ?-2");
    assertThat(csv(body))
        .extracting(
            row -> JSON.readTree(row.get("details")).at("/parameters/negative_prompt").asString())
        .containsExactly(negative);
  }

  @Test
  void the_filters_are_those_of_the_log() {
    submit("a red fox", "a red hen", "a blue fox");
    assertThat(
            gateway
                .get("/api/logs/export?format=ndjson&q=RED&status=started&userId=" + user)
                .body()
                .lines()
                .map(line -> JSON.readTree(line).get("prompt").asString()))
        .containsExactly("a red hen", "a red fox");
    assertThat(gateway.get("/api/logs/export?format=ndjson&requestId=none").body()).isEmpty();
    assertThat(gateway.get("/api/logs/export?format=csv&q=%00%00").body().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', format",
    "format=xml, format",
    "format=CSV, format",
    "format=csv&status=x&since=x&until=x&q=x, status since until q"
  })
  void a_bad_question_is_a_problem_and_no_file(String query, String fields) {
    var reply = gateway.get("/api/logs/export?" + query);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("Content-Disposition")).isEmpty();
    assertThat(reply.json().get("errors").valueStream().map(error -> error.get("field").asString()))
        .containsExactly(fields.split(" "));
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void many_rows_arrive_each_once_in_order_and_compressed_if_asked() throws IOException {
    write(gateway, 100_000);
    var reply =
        gateway.get("/api/logs/export?format=ndjson&userId=" + user, "Accept-Encoding", "gzip");
    assertThat(reply.header("Content-Encoding")).isEqualTo("gzip");
    var numbers = new ArrayList<Integer>();
    try (var body = new GZIPInputStream(new ByteArrayInputStream(reply.response().body()));
        var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      lines.lines().forEach(line -> numbers.add(JSON.readTree(line).at("/details/n").intValue()));
    }
    assertThat(numbers).hasSize(100_000).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void an_outage_of_the_ledger_breaks_the_connection_off_instead_of_ending_the_file()
      throws IOException {
    var database = TestServers.freshDatabase();
    try (var cut = CutConnections.to(database);
        var away =
            RunningGateway.start(
                cut.database(),
                TestServers.kafka(),
                "--spring.datasource.hikari.maximum-pool-size=4")) {
      write(away, 5_000);
      cut.loseReplyTo(timeOfNumber(2_500)); // by which the sixth stretch is asked for

      var path = "/api/logs/export?format=ndjson&userId=" + user;
      assertThatThrownBy(() -> away.get(path)).isInstanceOf(UncheckedIOException.class);
      assertThat(away.get(path).body().lines()).hasSize(5_000);
    }
  }

  private void submit(String... prompts) {
    for (var prompt : prompts) {
      gateway.post(JSON.writeValueAsString(Map.of("prompt", prompt, "userId", user)));
    }
  }

  /** The first is the newest; in slices, each far below the timeout of a statement. */
  private void write(RunningGateway to, int rows) {
    for (var last = rows; last > 0; last -= 5_000) {
      to.bean(JdbcClient.class)
          .sql(
              """
              insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
              select gen_random_uuid(), :user, 'many ' || n, 'completed', 'a step',
                jsonb_build_object('n', n), timestamptz '2026-01-01T12:00:00.5Z' - n / 3 * interval '1001 us'
              from generate_series(:first, :last) as n order by n desc
              """)
          .param("user", user)
          .param("first", last - 4_999)
          .param("last", last)
          .update();
    }
  }

  private static String timeOfNumber(int n) {
    var micros = 60_500_000 - n / 3 * 1_001L;
    return ":%d.%06d".formatted(micros / 1_000_000, micros % 1_000_000);
  }

  private List<JsonNode> rows() {
    return gateway.get("/api/logs?userId=" + user).json().get("logs").valueStream().toList();
  }

  private static List<Map<String, String>> csv(String body) {
    try (var rows =
        CsvMapper.builder()
            .build()
            .readerFor(Map.class)
            .with(CsvSchema.emptySchema().withHeader())
            .<Map<String, String>>readValues(body)) {
      return rows.readAll();
    }
  }
}
