package dev.darkroom.worker.outcome;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.cutBody;
import static dev.darkroom.simulator.Fault.dripBody;
import static dev.darkroom.simulator.Fault.hang;
import static dev.darkroom.simulator.Fault.hangAfterBilling;
import static dev.darkroom.simulator.Fault.htmlPage;
import static dev.darkroom.simulator.Fault.reset;
import static dev.darkroom.simulator.Fault.resetAfterBilling;
import static dev.darkroom.simulator.Fault.rubbish;
import static dev.darkroom.worker.outcome.TestingCall.KEY;
import static dev.darkroom.worker.outcome.TestingProvider.at;
import static dev.darkroom.worker.outcome.TestingProvider.closed;
import static dev.darkroom.worker.outcome.TestingProvider.closing;
import static dev.darkroom.worker.outcome.TestingProvider.json;
import static dev.darkroom.worker.outcome.TestingProvider.overTls;
import static dev.darkroom.worker.outcome.TestingProvider.pictureAt;
import static dev.darkroom.worker.outcome.TestingProvider.pictureOnThisServer;
import static dev.darkroom.worker.outcome.TestingProvider.redirect;
import static dev.darkroom.worker.outcome.TestingProvider.redirectTo;
import static dev.darkroom.worker.outcome.TestingProvider.resetAtOnce;
import static dev.darkroom.worker.outcome.TestingProvider.script;
import static dev.darkroom.worker.outcome.TestingProvider.simulator;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Map.entry;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.darkroom.simulator.Fault.Rubbish.Content;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.worker.nebius.AttemptOutcome.Failed;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.TestingServer;
import dev.darkroom.worker.nebius.TestingServer.Exchange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table "how failures are read", a row per answer or fault, through the real client and a real
 * socket: the outcome, its reason, the steps it leaves and whether it counts, and what was billed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FailureTableTest {
  private static final String[] LOCAL_PICTURES = {
    "darkroom.nebius.pictures.hosts=127.0.0.1", "darkroom.nebius.pictures.insecure=true"
  };

  /** What the steps of an attempt begin with; {@code waits} and {@code counts} as attempts do. */
  private static final Map<String, String> STEPS =
      Map.of(
          "completed", "completed",
          "ends", "ends ",
          "waits", "waits attempt_failed ",
          "counts", "counts attempt_failed ",
          "unknown", "counts attempt_outcome_unknown ");

  @TempDir Path pictures;

  static Stream<Arguments> statuses() {
    return """
    400 413 422                         | Rejected       | ends
    401 402 404                         | Misconfigured  | waits
    403                                 | Forbidden      | counts
    429                                 | RateLimited    | waits
    502 503 521 522 523 525 526 529 530 | Unavailable    | waits
    499 504 520 524                     | OutcomeUnknown | unknown
    405 408 409 418 425 500 501 507     | Failed         | counts
    """
        .lines()
        .map(line -> line.strip().split(" *\\| *", -1))
        .flatMap(row ->
            Stream.of(row[0].split(" "))
                .map(status -> arguments(Integer.parseInt(status), row[1], row[2])));
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void every_status_is_read_with_words_and_with_a_list(int status, String outcome, String steps)
      throws IOException {
    var list =
        List.of(
            Map.of("loc", List.of("body", "width"), "msg", "too wide", "type", "x"),
            Map.of("loc", List.of("body", "seed"), "msg", "too odd", "type", "x"));
    var begin = "Nebius answered " + status + ": ";
    var words = simulator(answer(status).withDetail("it says why"));
    check(words, outcome, begin + "it says why", steps, 0);
    var problems = simulator(answer(status).withDetail(list));
    check(problems, outcome, begin + "body.width: too wide; body.seed: too odd", steps, 0);
  }

  private static final Map<String, TestingProvider.ProviderStart> FAULTS =
      Map.ofEntries(
          entry("page of a proxy", simulator(htmlPage(502))),
          entry("page of another server", simulator(htmlPage(404))),
          entry("page of a firewall", script(TestingProvider::sendFirewallPage)),
          entry("connection refused", closed()),
          entry("no such name", () -> at("http://nobody.invalid/v1/", () -> {})),
          entry(
              "closed while TLS begins",
              () -> overTls(TestingServer.start(client -> client.close(), _ -> {}))),
          entry("reset before the request was read", resetAtOnce()),
          entry("reset after the request", simulator(reset())),
          entry("reset after the picture was drawn", simulator(resetAfterBilling())),
          entry("no HTTP", closing("SSH-2.0-OpenSSH\r\n")),
          entry("cut body", simulator(cutBody())),
          entry("cut in its head", closing("HTTP/1.1 422 Unprocessable\r\n")),
          entry(
              "another protocol's error",
              json(400, "{\"error\":{\"message\":\"no such size\",\"code\":7}}")),
          entry(
              "a detail that is an object, beside what says nothing",
              json(422, "{\"detail\":[7,null,{\"loc\":[1]},{\"message\":\"too wide\"}]}")),
          entry("cut in a chunk", script(TestingProvider::cutChunk)),
          entry("malformed JSON", simulator(rubbish(Content.MALFORMED_JSON))),
          entry(
              "no JSON",
              script(exchange ->
                  exchange.answer(200, "text/html", "<html>hello</html>".getBytes(ISO_8859_1)))),
          entry("nothing", json(200, "")),
          entry(
              "no content",
              script(exchange ->
                  exchange.out().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(ISO_8859_1)))),
          entry("data: []", simulator(rubbish(Content.NO_PICTURES))),
          entry("data: [null]", json(200, "{\"data\":[{\"b64_json\":null,\"url\":null}]}")),
          entry("empty picture", json(200, "{\"data\":[{\"b64_json\":\"\"}]}")),
          entry("rubbish for base64", simulator(rubbish(Content.BROKEN_BASE64))),
          entry("no picture", simulator(rubbish(Content.NOT_A_PICTURE))),
          entry("half a picture", simulator(rubbish(Content.TRUNCATED_PICTURE))),
          entry("PNG for WebP", simulator(rubbish(Content.OTHER_FORMAT))),
          entry("picture of 25 MiB", script(TestingProvider::sendTooMuch)),
          entry("redirect to this machine", redirect()),
          entry("picture elsewhere", script(pictureAt("https://elsewhere.example/a.webp?signed"))),
          entry("picture on this machine", script(pictureAt("http://127.0.0.1/a.webp"))),
          entry("no TLS", () -> overTls(TestingServer.start(_ -> {}))),
          entry("silence", simulator(hang())),
          entry("silence after the picture was drawn", simulator(hangAfterBilling())),
          entry("drip", simulator(dripBody(1, Duration.ofMillis(50)))),
          entry("error that drips", script(TestingProvider::dripError)));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          page of a proxy                   | Unavailable    | answered 502.           | waits     | 0
          page of another server            | Misconfigured  | answered 404.           | waits     | 0
          page of a firewall                | Forbidden      | 403: Attention Required! & Stop | counts | 0
          connection refused                | NotSent        | can't be reached        | waits     | 0
          no such name                      | NotSent        | can't be reached        | waits     | 0
          closed while TLS begins           | NotSent        | can't be reached        | waits     | 0
          reset before the request was read | OutcomeUnknown | broke off               | unknown   | 0
          reset after the request           | OutcomeUnknown | broke off               | unknown   | 0
          reset after the picture was drawn | OutcomeUnknown | broke off               | unknown   | 1
          no HTTP                           | OutcomeUnknown | not valid HTTP          | unknown   | 0
          cut body                          | Failed         | broke off in the middle | counts    | 1
          cut in its head                   | OutcomeUnknown | within the response's head | unknown | 0
          another protocol's error          | Rejected       | Nebius answered 400: no such size | ends | 0
          a detail that is an object, beside what says nothing | Rejected | answered 422: too wide | ends | 0
          cut in a chunk                    | Failed         | broke off in the middle | counts    | 0
          malformed JSON                    | Failed         | BAD_REPLY               | counts    | 1
          no JSON                           | Failed         | could not be read       | counts    | 0
          nothing                           | Failed         | holds no picture        | counts    | 0
          no content                        | Failed         | holds no picture        | counts    | 0
          data: []                          | Failed         | holds no picture        | counts    | 1
          data: [null]                      | Failed         | holds no picture        | counts    | 0
          empty picture                     | Failed         | holds no picture        | counts    | 0
          rubbish for base64                | Failed         | could not be read       | counts    | 1
          no picture                        | Failed         | BAD_REPLY               | counts    | 1
          half a picture                    | Failed         | BAD_REPLY               | counts    | 1
          PNG for WebP                      | Succeeded      | format=PNG              | completed | 1
          picture of 25 MiB                 | Failed         | larger than 20971520 bytes | counts | 0
          redirect to this machine          | Failed         | answered 302            | counts    | 0
          picture elsewhere | Failed | elsewhere.example, which darkroom.nebius.pictures.hosts does not list. | counts | 0
          picture on this machine           | Failed         | not a plain https one   | counts    | 0
          """)
  void every_fault_is_read(String what, String outcome, String says, String steps, int billed)
      throws IOException {
    check(requireNonNull(FAULTS.get(what)), outcome, says, steps, billed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          no TLS                              | NotSent        | within the call's timeout     | waits   | 0
          silence                             | OutcomeUnknown | No complete answer came within | unknown | 0
          silence after the picture was drawn | OutcomeUnknown | No complete answer came within | unknown | 1
          drip                                | OutcomeUnknown | No complete answer came within | unknown | 1
          error that drips                    | Failed         | answered 500.                 | counts  | 0
          """)
  void the_time_of_a_call_holds_whatever_drips(
      String what, String outcome, String says, String steps, int billed) throws IOException {
    var start = requireNonNull(FAULTS.get(what));
    check(start, outcome, says, steps, billed, "darkroom.nebius.timeout=700ms");
  }

  @Test
  void words_that_repeat_the_key_are_kept_without_it() throws IOException {
    check(
        simulator(answer(401).withDetail("Bearer " + KEY + " is bad: " + KEY)),
        "Misconfigured",
        "Nebius answered 401: Bearer *** is bad: ***",
        "waits",
        0);
  }

  @Test
  void a_picture_that_lies_elsewhere_is_fetched_where_that_is_allowed() throws IOException {
    var shelf = NebiusSimulator.start(SimulatorSettings.defaults());
    try (shelf) {
      var result =
          new TestingCall(pictures).meeting(exchange -> serveFrom(shelf, exchange), LOCAL_PICTURES);

      assertThat(result.outcome()).isInstanceOf(Succeeded.class);
      assertThat(result.outcome().toString()).contains("width=96, height=64");
      assertThat(result.requests().getLast())
          .startsWith("GET /picture ")
          .doesNotContain("Authorization", KEY);
    }
  }

  @Test
  void nor_is_a_redirect_followed_from_there() throws IOException {
    try (var inside = TestingServer.start(exchange -> exchange.answer(200, "{}"))) {
      var result =
          new TestingCall(pictures)
              .meeting(
                  exchange -> {
                    if (exchange.request().startsWith("POST")) {
                      pictureOnThisServer(exchange);
                    } else {
                      exchange.out().write(redirectTo(inside));
                    }
                  },
                  LOCAL_PICTURES);

      assertThat(result.outcome()).isInstanceOf(Failed.class);
      assertThat(result.outcome().toString()).contains("its host answered 302");
      assertThat(inside.connections()).isZero();
    }
  }

  private void check(
      TestingProvider.ProviderStart start,
      String outcome,
      String says,
      String steps,
      int billed,
      String... settings)
      throws IOException {
    try (var provider = start.start()) {
      var result = new TestingCall(pictures).calling(provider.endpoint(), settings);

      assertThat(result.outcome().getClass().getSimpleName()).isEqualTo(outcome);
      assertThat(result.outcome().toString()).contains(says).doesNotContain(KEY);
      assertThat(result.told()).startsWith(requireNonNull(STEPS.get(steps)));
      assertThat(result.picture().isPresent()).isEqualTo(outcome.equals("Succeeded"));
      assertThat(provider.bill().getAsLong()).isEqualTo(billed);
    }
  }

  /** Answers a call with a URL of its own, where a real picture lies. */
  private static void serveFrom(NebiusSimulator shelf, Exchange exchange) throws IOException {
    if (exchange.request().startsWith("POST")) {
      pictureOnThisServer(exchange);
      return;
    }
    var call =
        (java.net.HttpURLConnection)
            shelf.baseUri().resolve("images/generations").toURL().openConnection();
    call.setDoOutput(true);
    call.setRequestProperty("Authorization", "Bearer x");
    call.setRequestProperty("Content-Type", "application/json");
    var body =
        "{\"model\":\"stability-ai/sdxl\",\"prompt\":\"A fox\",\"width\":96,\"height\":64,\"response_format\":\"b64_json\"}";
    call.getOutputStream().write(body.getBytes(ISO_8859_1));
    var reply = new JsonMapper().readTree(call.getInputStream());
    exchange.answer(
        200,
        "image/webp",
        java.util.Base64.getDecoder().decode(reply.at("/data/0/b64_json").asString()));
  }
}
