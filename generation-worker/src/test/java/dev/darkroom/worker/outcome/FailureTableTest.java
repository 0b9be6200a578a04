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
import static dev.darkroom.worker.outcome.FailureTableTest.Counts.COUNTS;
import static dev.darkroom.worker.outcome.FailureTableTest.Counts.FREE;
import static dev.darkroom.worker.outcome.FailureTableTest.Row.row;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import dev.darkroom.simulator.Fault;
import dev.darkroom.simulator.Fault.Rubbish.Content;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.AttemptOutcome.Failed;
import dev.darkroom.worker.nebius.AttemptOutcome.Forbidden;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.NotMade;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Rejected;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.AttemptOutcome.Unavailable;
import dev.darkroom.worker.nebius.AttemptOutcome.Unknown;
import dev.darkroom.worker.nebius.CallInProgress;
import dev.darkroom.worker.nebius.CallNebius;
import dev.darkroom.worker.nebius.TestingPermits;
import dev.darkroom.worker.nebius.TestingServer;
import dev.darkroom.worker.nebius.TestingServer.Exchange;
import dev.darkroom.worker.outcome.ReadOutcome.Reading;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table "how failures are read", a row per answer or fault, through the real client and a real
 * socket: what the attempt was, which steps it leaves, whether it counts, and what was billed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FailureTableTest {
  private static final String KEY = "v1.0123456789abcdef-the-key";
  private static final String[] FAILED = {"attempt_failed", "retry_scheduled"};
  private static final String[] UNKNOWN = {"attempt_outcome_unknown", "retry_scheduled"};
  private static final String[] ENDED = {"nebius_api_error"};
  private static final String[] COMPLETED = {"image_generated"};

  @TempDir Path pictures;

  private final ReadOutcome readings =
      new ReadOutcome(
          new Backoff(
              new ReportSettings(Duration.ofSeconds(1), 2, Duration.ofMinutes(1)), new Random(1)),
          Duration.ofSeconds(10));

  enum Counts {
    /** Uses up one of the job's attempts. */
    COUNTS,
    FREE
  }

  /** Something in Nebius's place, which knows what it has billed. */
  interface Provider extends AutoCloseable {
    URI endpoint();

    long billed();

    @Override
    void close() throws IOException;
  }

  /** How a row's provider comes to be. */
  interface Start {
    Provider provider() throws IOException;
  }

  record Row(
      String what,
      Start start,
      Class<? extends AttemptOutcome> outcome,
      String says,
      List<String> steps,
      Counts counts,
      int billed) {

    static Row row(
        String what,
        Start start,
        Class<? extends AttemptOutcome> outcome,
        String says,
        String[] steps,
        Counts counts,
        int billed) {
      return new Row(what, start, outcome, says, List.of(steps), counts, billed);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  static List<Row> answers() {
    var rows = new ArrayList<Row>();
    for (int status : List.of(400, 413, 422)) {
      rows.addAll(both(status, Rejected.class, ENDED, COUNTS));
    }
    for (int status : List.of(401, 402, 404)) {
      rows.addAll(both(status, Misconfigured.class, FAILED, FREE));
    }
    rows.addAll(both(403, Forbidden.class, FAILED, COUNTS));
    rows.addAll(both(429, RateLimited.class, FAILED, FREE));
    for (int status : List.of(502, 503, 521, 522, 523, 525, 526, 529, 530)) {
      rows.addAll(both(status, Unavailable.class, FAILED, FREE));
    }
    for (int status : List.of(499, 504, 520, 524)) {
      rows.addAll(both(status, Unknown.class, UNKNOWN, COUNTS));
    }
    for (int status : List.of(405, 408, 409, 418, 425, 500, 501, 507)) {
      rows.addAll(both(status, Failed.class, FAILED, COUNTS));
    }
    return rows;
  }

  private static List<Row> both(
      int status, Class<? extends AttemptOutcome> outcome, String[] steps, Counts counts) {
    var list =
        List.of(
            Map.of("loc", List.of("body", "width"), "msg", "too wide", "type", "x"),
            Map.of("loc", List.of("body", "seed"), "msg", "too odd", "type", "x"));
    return List.of(
        row(
            status + " in words",
            simulator(answer(status).withDetail("it says why")),
            outcome,
            "Nebius answered " + status + ": it says why",
            steps,
            counts,
            0),
        row(
            status + " with a list",
            simulator(answer(status).withDetail(list)),
            outcome,
            "Nebius answered " + status + ": body.width: too wide; body.seed: too odd",
            steps,
            counts,
            0));
  }

  static List<Row> faults() {
    return List.of(
        row(
            "page of a proxy",
            simulator(htmlPage(502)),
            Unavailable.class,
            "answered 502.",
            FAILED,
            FREE,
            0),
        row(
            "page of another server",
            simulator(htmlPage(404)),
            Misconfigured.class,
            "answered 404.",
            FAILED,
            FREE,
            0),
        row(
            "page of a firewall",
            script(exchange ->
                exchange.answer(
                    403,
                    "text/html",
                    "<!DOCTYPE html>\n<html><head><TITLE lang=en>\n Attention Required! &amp; Stop\n</TITLE>"
                        .getBytes(ISO_8859_1))),
            Forbidden.class,
            "answered 403: Attention Required! & Stop",
            FAILED,
            COUNTS,
            0),
        row("connection refused", closed(), NotMade.class, "can't be reached", FAILED, FREE, 0),
        row(
            "no such name",
            () -> at("http://nobody.invalid/v1/", null),
            NotMade.class,
            "can't be reached",
            FAILED,
            FREE,
            0),
        row(
            "closed while TLS begins",
            () -> overTls(TestingServer.start(client -> client.close(), _ -> {})),
            NotMade.class,
            "can't be reached",
            FAILED,
            FREE,
            0),
        row(
            "reset before the request was read",
            resetAtOnce(),
            Unknown.class,
            "broke off",
            UNKNOWN,
            COUNTS,
            0),
        row(
            "reset after the request",
            simulator(reset()),
            Unknown.class,
            "broke off",
            UNKNOWN,
            COUNTS,
            0),
        row(
            "reset after the picture was drawn",
            simulator(resetAfterBilling()),
            Unknown.class,
            "broke off",
            UNKNOWN,
            COUNTS,
            1),
        row(
            "no HTTP",
            script(FailureTableTest::speakNoHttp),
            Unknown.class,
            "no HTTP answer",
            UNKNOWN,
            COUNTS,
            0),
        row(
            "cut body",
            simulator(cutBody()),
            Failed.class,
            "broke off in the middle",
            FAILED,
            COUNTS,
            1),
        row(
            "cut in its head",
            script(exchange -> {
              exchange.out().write("HTTP/1.1 422 Unprocessable\r\n".getBytes(ISO_8859_1));
              exchange.socket().close();
            }),
            Unknown.class,
            "ended within its head",
            UNKNOWN,
            COUNTS,
            0),
        row(
            "another protocol's error",
            script(exchange ->
                exchange.answer(400, "{\"error\":{\"message\":\"no such size\",\"code\":7}}")),
            Rejected.class,
            "Nebius answered 400: no such size",
            ENDED,
            COUNTS,
            0),
        row(
            "a detail that is an object, beside what says nothing",
            script(exchange ->
                exchange.answer(
                    422, "{\"detail\":[7,null,{\"loc\":[1]},{\"message\":\"too wide\"}]}")),
            Rejected.class,
            "Nebius answered 422: too wide",
            ENDED,
            COUNTS,
            0),
        row(
            "cut in a chunk",
            script(FailureTableTest::cutChunk),
            Failed.class,
            "broke off in the middle",
            FAILED,
            COUNTS,
            0),
        row(
            "malformed JSON",
            simulator(rubbish(Content.MALFORMED_JSON)),
            Failed.class,
            "BAD_REPLY",
            FAILED,
            COUNTS,
            1),
        row(
            "no JSON",
            script(exchange ->
                exchange.answer(200, "text/html", "<html>hello</html>".getBytes(ISO_8859_1))),
            Failed.class,
            "could not be read",
            FAILED,
            COUNTS,
            0),
        row(
            "nothing",
            script(exchange -> exchange.answer(200, "")),
            Failed.class,
            "holds no picture",
            FAILED,
            COUNTS,
            0),
        row(
            "no content",
            script(exchange ->
                exchange.out().write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(ISO_8859_1))),
            Failed.class,
            "holds no picture",
            FAILED,
            COUNTS,
            0),
        row(
            "data: []",
            simulator(rubbish(Content.NO_PICTURES)),
            Failed.class,
            "holds no picture",
            FAILED,
            COUNTS,
            1),
        row(
            "data: [null]",
            script(
                exchange -> exchange.answer(200, "{\"data\":[{\"b64_json\":null,\"url\":null}]}")),
            Failed.class,
            "holds no picture",
            FAILED,
            COUNTS,
            0),
        row(
            "empty picture",
            script(exchange -> exchange.answer(200, "{\"data\":[{\"b64_json\":\"\"}]}")),
            Failed.class,
            "holds no picture",
            FAILED,
            COUNTS,
            0),
        row(
            "rubbish for base64",
            simulator(rubbish(Content.BROKEN_BASE64)),
            Failed.class,
            "could not be read",
            FAILED,
            COUNTS,
            1),
        row(
            "no picture",
            simulator(rubbish(Content.NOT_A_PICTURE)),
            Failed.class,
            "BAD_REPLY",
            FAILED,
            COUNTS,
            1),
        row(
            "half a picture",
            simulator(rubbish(Content.TRUNCATED_PICTURE)),
            Failed.class,
            "BAD_REPLY",
            FAILED,
            COUNTS,
            1),
        row(
            "PNG for WebP",
            simulator(rubbish(Content.OTHER_FORMAT)),
            Succeeded.class,
            "format=PNG",
            COMPLETED,
            FREE,
            1),
        row(
            "picture of 25 MiB",
            script(FailureTableTest::sendTooMuch),
            Failed.class,
            "larger than 20971520 bytes",
            FAILED,
            COUNTS,
            0),
        row(
            "redirect to this machine",
            redirect(),
            Failed.class,
            "answered 302",
            FAILED,
            COUNTS,
            0),
        row(
            "picture elsewhere",
            script(at("https://elsewhere.example/a.webp?signed")),
            Failed.class,
            "elsewhere.example, which darkroom.nebius.pictures.hosts does not list.",
            FAILED,
            COUNTS,
            0),
        row(
            "picture on this machine",
            script(at("http://127.0.0.1/a.webp")),
            Failed.class,
            "not a plain https one",
            FAILED,
            COUNTS,
            0));
  }

  /** Those that last until the call is ended. */
  static List<Row> silences() {
    return List.of(
        row(
            "no TLS",
            () -> overTls(TestingServer.start(_ -> {})),
            NotMade.class,
            "could not be reached in the time",
            FAILED,
            FREE,
            0),
        row(
            "silence",
            simulator(hang()),
            Unknown.class,
            "No whole answer came in the time",
            UNKNOWN,
            COUNTS,
            0),
        row(
            "silence after the picture was drawn",
            simulator(hangAfterBilling()),
            Unknown.class,
            "No whole answer came in the time",
            UNKNOWN,
            COUNTS,
            1),
        row(
            "drip",
            simulator(dripBody(1, Duration.ofMillis(50))),
            Unknown.class,
            "No whole answer came in the time",
            UNKNOWN,
            COUNTS,
            1),
        row(
            "error that drips",
            script(FailureTableTest::dripError),
            Failed.class,
            "answered 500.",
            FAILED,
            COUNTS,
            0));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void every_answer_is_read(Row row) throws IOException {
    check(row);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void every_fault_is_read(Row row) throws IOException {
    check(row);
  }

  @ParameterizedTest
  @MethodSource("silences")
  void the_time_of_a_call_holds_whatever_drips(Row row) throws IOException {
    check(row, "darkroom.nebius.timeout=700ms");
  }

  @Test
  void words_that_repeat_the_key_are_kept_without_it() throws IOException {
    check(
        row(
            "echo",
            simulator(answer(401).withDetail("Bearer " + KEY + " is bad: " + KEY)),
            Misconfigured.class,
            "Nebius answered 401: Bearer *** is bad: ***",
            FAILED,
            FREE,
            0));
  }

  @Test
  void a_picture_that_lies_elsewhere_is_fetched_where_that_is_allowed() throws IOException {
    var shelf = NebiusSimulator.start(SimulatorSettings.defaults());
    try (shelf;
        var server = TestingServer.start(exchange -> serveFrom(shelf, exchange))) {
      var outcome =
          call(
              server.baseUri(),
              "darkroom.nebius.pictures.hosts=127.0.0.1",
              "darkroom.nebius.pictures.insecure=true");

      assertThat(outcome).isInstanceOf(Succeeded.class);
      assertThat(outcome.toString()).contains("width=96, height=64");
      assertThat(server.requests().getLast())
          .startsWith("GET /picture ")
          .doesNotContain("Authorization", KEY);
    }
  }

  @Test
  void nor_is_a_redirect_followed_from_there() throws IOException {
    try (var inside = TestingServer.start(exchange -> exchange.answer(200, "{}"));
        var server =
            TestingServer.start(exchange -> {
              if (exchange.request().startsWith("POST")) {
                at("http://127.0.0.1:" + exchange.socket().getLocalPort() + "/picture")
                    .play(exchange);
              } else {
                exchange.out().write(redirectTo(inside));
              }
            })) {
      var outcome =
          call(
              server.baseUri(),
              "darkroom.nebius.pictures.hosts=127.0.0.1",
              "darkroom.nebius.pictures.insecure=true");

      assertThat(outcome).isInstanceOf(Failed.class);
      assertThat(outcome.toString()).contains("its host answered 302");
      assertThat(inside.connections()).isZero();
    }
  }

  private void check(Row row, String... settings) throws IOException {
    try (var provider = row.start().provider()) {
      var outcome = call(provider.endpoint(), settings);

      assertThat(outcome).isInstanceOf(row.outcome());
      assertThat(outcome.toString()).contains(row.says()).doesNotContain(KEY);
      var reading = readings.read(outcome, 1, Optional.empty());
      assertThat(steps(reading)).isEqualTo(row.steps());
      assertThat(counts(reading)).isEqualTo(row.counts());
      assertThat(provider.billed()).isEqualTo(row.billed());
    }
  }

  private static List<String> steps(Reading reading) {
    return switch (reading) {
      case Reading.Complete _ -> List.of(COMPLETED);
      case Reading.Fail _ -> List.of(ENDED);
      case Reading.TryAgain(var setback, var _) ->
          List.of(setback.outcome().word(), "retry_scheduled");
    };
  }

  private static Counts counts(Reading reading) {
    return switch (reading) {
      case Reading.Complete _ -> FREE;
      case Reading.Fail _ -> COUNTS;
      case Reading.TryAgain(var setback, var _) -> setback.counts() ? COUNTS : FREE;
    };
  }

  /** Everything in the room "nebius", as a worker puts it together. */
  @ComponentScan("dev.darkroom.worker.nebius")
  private static final class TheWayToNebius {}

  private AttemptOutcome call(URI endpoint, String... settings) {
    var outcomes = new ArrayList<AttemptOutcome>();
    new ApplicationContextRunner()
        .withUserConfiguration(TheWayToNebius.class, PictureStoreConfiguration.class)
        .withBean(JsonMapper.class, JsonMapper::new)
        .withBean(Clock.class, Clock::systemUTC)
        .withBean(SimpleMeterRegistry.class)
        .withBean(CallPermits.class, TestingPermits::new)
        .withPropertyValues(
            "darkroom.picture.dir=" + pictures,
            "darkroom.nebius.endpoint=" + endpoint,
            "darkroom.nebius.api-key=" + KEY,
            "darkroom.nebius.timeout=20s",
            "darkroom.nebius.quick-retry-delay=1ms")
        .withPropertyValues(settings)
        .run(context -> {
          assertThat(context).hasNotFailed();
          var client = context.getBean(CallNebius.class);
          var request = new GenerationRequest("A fox", null, 0.7, 0.5, null, 96, 64, 7);
          var id = new RequestId(UUID.randomUUID());
          var outcome =
              client.call(
                  id,
                  client.parameters(request).sent(),
                  null,
                  new CallInProgress(Duration.ofMinutes(1)));
          assertThat(context.getBean(PictureStore.class).find(id).isPresent())
              .isEqualTo(outcome instanceof Succeeded);
          outcomes.add(outcome);
        });
    return outcomes.getFirst();
  }

  private static Start simulator(Fault fault) {
    return () -> {
      var simulator = NebiusSimulator.start(SimulatorSettings.defaults());
      simulator.everyCall().meet(fault);
      return new Provider() {
        @Override
        public URI endpoint() {
          return simulator.baseUri();
        }

        @Override
        public long billed() {
          return simulator.bill().total();
        }

        @Override
        public void close() throws IOException {
          simulator.clearFaults();
          simulator.close();
        }
      };
    };
  }

  private static Start script(TestingServer.Script script) {
    return () -> {
      var server = TestingServer.start(script);
      return at(server.baseUri().toString(), server);
    };
  }

  private static Start resetAtOnce() {
    return () -> {
      var server =
          TestingServer.start(
              client -> {
                var _ = client.getInputStream().read(); // one byte of it: it is on its way
                client.setSoLinger(true, 0);
                client.close();
              },
              _ -> {});
      return at(server.baseUri().toString(), server);
    };
  }

  private static Start closed() {
    return () -> {
      var server = TestingServer.start(_ -> {});
      server.close();
      return at(server.baseUri().toString(), null);
    };
  }

  private static Provider overTls(TestingServer server) {
    return at(server.baseUri().toString().replace("http:", "https:"), server);
  }

  private static Start redirect() {
    return () -> {
      var inside = TestingServer.start(exchange -> exchange.answer(200, "{}"));
      var server = TestingServer.start(exchange -> exchange.out().write(redirectTo(inside)));
      return new Provider() {
        @Override
        public URI endpoint() {
          return server.baseUri();
        }

        @Override
        public long billed() {
          return inside.connections(); // whoever follows it pays
        }

        @Override
        public void close() throws IOException {
          inside.close();
          server.close();
        }
      };
    };
  }

  private static byte[] redirectTo(TestingServer other) {
    return Exchange.head(302, "text/plain", "Content-Length: 0\r\nLocation: " + other.baseUri());
  }

  private static Provider at(
      String endpoint, @org.jspecify.annotations.Nullable TestingServer server) {
    return new Provider() {
      @Override
      public URI endpoint() {
        return URI.create(endpoint);
      }

      @Override
      public long billed() {
        return 0;
      }

      @Override
      public void close() throws IOException {
        if (server != null) {
          server.close();
        }
      }
    };
  }

  private static TestingServer.Script at(String url) {
    return exchange ->
        exchange.answer(
            200, "{\"data\":[{\"b64_json\":null,\"url\":\"%s\"}],\"id\":\"1\"}".formatted(url));
  }

  private static void dripError(Exchange exchange) throws IOException {
    exchange.out().write(Exchange.head(500, "application/json", "Content-Length: 10000"));
    while (true) { // until the client has had enough
      exchange.out().write(' ');
      exchange.socket().setSoTimeout(50);
      try {
        if (exchange.socket().getInputStream().read() < 0) {
          return;
        }
      } catch (java.net.SocketTimeoutException e) {
        // the next drop
      }
    }
  }

  private static void speakNoHttp(Exchange exchange) throws IOException {
    exchange.out().write("SSH-2.0-OpenSSH\r\n".getBytes(ISO_8859_1));
    exchange.socket().close();
  }

  private static void cutChunk(Exchange exchange) throws IOException {
    exchange.out().write(Exchange.head(200, "application/json", "Transfer-Encoding: chunked"));
    exchange.out().write("20\r\n{\"data\":[{\"b64".getBytes(ISO_8859_1));
    exchange.socket().close();
  }

  private static void sendTooMuch(Exchange exchange) throws IOException {
    var base64 = "A".repeat(1 << 20).getBytes(ISO_8859_1);
    exchange.out().write(Exchange.head(200, "application/json", "Connection: close"));
    exchange.out().write("{\"data\":[{\"b64_json\":\"".getBytes(ISO_8859_1));
    for (int i = 0; i < 34; i++) { // a third more than 25 MiB
      exchange.out().write(base64);
    }
    exchange.out().write("\"}]}".getBytes(ISO_8859_1));
    exchange.socket().close();
  }

  /** Answers a call with an address of its own, where a real picture lies. */
  private static void serveFrom(NebiusSimulator shelf, Exchange exchange) throws IOException {
    if (exchange.request().startsWith("POST")) {
      at("http://127.0.0.1:" + exchange.socket().getLocalPort() + "/picture").play(exchange);
      return;
    }
    var body =
        Stream.of(
                "\"model\":\"stability-ai/sdxl\"",
                "\"prompt\":\"A fox\"",
                "\"width\":96",
                "\"height\":64",
                "\"response_format\":\"b64_json\"")
            .collect(java.util.stream.Collectors.joining(",", "{", "}"));
    var call =
        (java.net.HttpURLConnection)
            shelf.baseUri().resolve("images/generations").toURL().openConnection();
    call.setDoOutput(true);
    call.setRequestProperty("Authorization", "Bearer x");
    call.setRequestProperty("Content-Type", "application/json");
    call.getOutputStream().write(body.getBytes(ISO_8859_1));
    var reply = new JsonMapper().readTree(call.getInputStream());
    exchange.answer(
        200,
        "image/webp",
        java.util.Base64.getDecoder().decode(reply.at("/data/0/b64_json").asString()));
  }
}
