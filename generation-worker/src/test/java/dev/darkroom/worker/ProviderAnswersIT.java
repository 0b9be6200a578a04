package dev.darkroom.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.model.RequestId;
import dev.darkroom.worker.nebius.TestingServer;
import dev.darkroom.worker.nebius.TestingServer.Exchange;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What a whole worker makes of odd answers: how the job ends, and how many calls it has paid for.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProviderAnswersIT {
  private static final String PICTURE = picture();

  @TempDir static Path pictures;
  private static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();
  private static TestingServer nebius;
  private static ConfigurableApplicationContext worker;
  private static TestingGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    nebius = TestingServer.start(ProviderAnswersIT::answer);
    worker =
        WorkerFixture.start(
            WorkerFixture.database(),
            nebius.baseUri(),
            pictures,
            "darkroom.backoff.base=10ms",
            "darkroom.backoff.cap=100ms",
            "darkroom.nebius.breaker.minimum-calls=1000",
            "darkroom.nebius.breaker.window=1000");
    gateway = new TestingGateway(worker);
  }

  @AfterAll
  static void stop() throws IOException {
    worker.close();
    nebius.close();
  }

  private static void answer(Exchange exchange) throws IOException {
    if (exchange.request().startsWith("GET")) {
      exchange.answer(404, "{}");
      return;
    }
    var kind = exchange.request().replaceAll("(?s).*Answer ([a-z-]+)!.*", "$1");
    var call = CALLS.computeIfAbsent(kind, _ -> new AtomicInteger()).incrementAndGet();
    switch (kind) {
      case "data-url" ->
          exchange.answer(200, "{\"data\":[{\"url\":\"DATA:image/png;base64," + PICTURE + "\"}]}");
      case "gzip" -> packed(exchange);
      case "refused" ->
          exchange.answer(
              200, "{\"error\":{\"message\":\"Not this.\",\"code\":\"content_policy_violation\"}}");
      case "refused-with-four-hundred" ->
          exchange.answer(
              400, "{\"error\":{\"message\":\"Not this.\",\"code\":\"moderation_blocked\"}}");
      case "task", "task-twin" -> exchange.answer(200, "{\"id\":\"task_1\",\"status\":\"queued\"}");
      case "accepted" -> exchange.answer(202, "{}");
      case "svg" ->
          exchange.answer(
              200,
              "{\"data\":[{\"b64_json\":\"%s\"}]}"
                  .formatted(Base64.getEncoder().encodeToString("<svg />".getBytes(UTF_8))));
      case "overloaded" ->
          exchange.answer(200, call <= 7 ? "{\"error\":{\"message\":\"overloaded\"}}" : good());
      case "gateway-trouble" -> exchange.answer(call <= 7 ? 522 : 200, call <= 7 ? "" : good());
      case "bad-reply" -> exchange.answer(200, "{\"detail\":\"What a day.\"}");
      case "slow-down" -> {
        var head = Exchange.head(429, "text/plain", "Retry-After: 3600\r\nContent-Length: 0");
        if (call == 1) {
          exchange.out().write(head);
        } else {
          exchange.answer(200, good());
        }
      }
      default -> throw new IllegalStateException(kind);
    }
  }

  private static String good() {
    return "{\"data\":[{\"b64_json\":\"" + PICTURE + "\"}]}";
  }

  private static void packed(Exchange exchange) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(good().getBytes(ISO_8859_1));
    }
    exchange
        .out()
        .write(
            Exchange.head(
                200,
                "application/json",
                "Content-Encoding: gzip\r\nContent-Length: " + bytes.size()));
    bytes.writeTo(exchange.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data-url                  | 1 | completed |                     |",
        "gzip                      | 1 | completed |                     |",
        "refused                   | 1 | failed    | content_refused     | Not this.",
        "refused-with-four-hundred | 1 | failed    | content_refused     | Not this.",
        "task                      | 1 | failed    | asynchronous_answer | answers asynchronously",
        "accepted                  | 1 | failed    | asynchronous_answer | answers asynchronously",
        "svg                       | 1 | failed    | unusable_picture    | an SVG",
        "overloaded                | 8 | completed |                     |",
        "gateway-trouble           | 8 | completed |                     |",
        "bad-reply                 | 5 | failed    | bad_reply           | What a day."
      })
  void a_job_ends_so_after_so_many_calls(
      String kind, int calls, String status, String code, String says) {
    var job = ended(gateway.submit("Answer " + kind + "!"), ofSeconds(30));

    assertThat(job.status().word()).isEqualTo(status);
    assertThat(CALLS.get(kind)).hasValue(calls);
    if (code != null) {
      var error = Objects.requireNonNull(job.error());
      assertThat(error.code()).isEqualTo(code);
      assertThat(error.message()).contains(says);
    }
  }

  @Test
  void a_task_ends_as_unknown() {
    var id = gateway.submit("Answer task-twin!");
    var job = ended(id, ofSeconds(30));

    assertThat(gateway.steps(id))
        .containsExactly(
            "request_received",
            "calling_nebius_api",
            "attempt_outcome_unknown",
            "attempts_exhausted");
    assertThat(job.attempts())
        .extracting(made -> Objects.requireNonNull(made.end()).outcome().word())
        .isEqualTo(List.of("unknown"));
  }

  @Test
  void who_is_asked_to_wait_for_an_hour_is_there_before_the_deadline() {
    var id = gateway.accept("Answer slow-down!", ofSeconds(20));
    var job = ended(id, ofSeconds(30));

    assertThat(job.status().word()).isEqualTo("completed");
    assertThat(CALLS.get("slow-down")).hasValue(2);
  }

  private static Job ended(RequestId id, Duration within) {
    return await()
        .atMost(within)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              gateway.publishDue();
              return gateway.job(id);
            },
            job -> job.status().isTerminal());
  }

  private static String picture() {
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB), "png", bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
