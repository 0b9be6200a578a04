package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** What clients of OpenAI's image API send, and what they make of the replies. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class OpenAiDoorIT {
  private static final String GENERATE = "POST /v1/images/generations";
  private static final String RETRY_COUNT = "X-Stainless-Retry-Count";

  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final String prompt = "asked for by " + UUID.randomUUID();

  @Test
  void the_reply_has_the_url_of_the_picture_when_it_is_there() {
    var reply =
        askWhile(
            """
            {"prompt":"%s","n":1,"size":"640x1536","user":"ada","quality":"hd","seed":7,
             "style":"vivid","output_format":"png","background":"transparent","partial_images":2}
            """
                .formatted(prompt),
            worker::complete);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(api.complaints(GENERATE, reply)).isEmpty();

    var id = reply.header("X-Request-Id");
    assertThat(reply.text("/data/0/url"))
        .isEqualTo("http://localhost:%d/generated/%s.webp".formatted(gateway.port(), id));
    assertThat(reply.json().get("created").longValue()).isPositive();
    assertThat(reply.text("/size")).isEqualTo("640x1536");
    assertThat(reply.text("/output_format")).isEqualTo("webp");
    assertThat(reply.header("Darkroom-Ignored").split(", "))
        .containsExactlyInAnyOrder("style", "output_format", "background", "partial_images");

    var job = gateway.get("/api/generate/" + id);
    assertThat(job.json().at("/metadata/width").intValue()).isEqualTo(640);
    assertThat(job.json().at("/metadata/height").intValue()).isEqualTo(1536);
    assertThat(job.json().at("/metadata/seed").intValue()).isEqualTo(7);
    assertThat(job.json().at("/metadata/diffusionStrength").doubleValue()).isEqualTo(1);
    assertThat(gateway.get("/api/generate?userId=ada").body()).contains(id);
  }

  @Test
  void the_bytes_come_in_the_reply_where_they_are_asked_for() {
    var picture = aPicture();
    var reply =
        askWhile(
            """
            {"prompt":"%s","response_format":"b64_json"}
            """
                .formatted(prompt),
            id -> complete(id, picture));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(api.complaints(GENERATE, reply)).isEmpty();
    assertThat(Base64.getDecoder().decode(reply.text("/data/0/b64_json"))).isEqualTo(picture);
    assertThat(reply.header("Content-Length"))
        .isEqualTo(String.valueOf(reply.response().body().length));
    assertThat(reply.text("/output_format")).isEqualTo("png");
    assertThat(reply.text("/size")).isEqualTo("1024x1024");
  }

  @Test
  void several_pictures_are_one_group_and_one_reply() {
    var reply = ask(plain(",\"n\":2"), Duration.ofSeconds(30));
    await().until(() -> jobs() == 2);
    var again = ask(plain(",\"n\":2"), Duration.ofSeconds(30), RETRY_COUNT, "1");
    await().until(() -> waiting() == 2);
    findAll().forEach(worker::complete);
    for (var answered : List.of(reply.join(), again.join())) {
      assertThat(answered.status()).as(answered.body()).isEqualTo(200);
      assertThat(api.complaints(GENERATE, answered)).isEmpty();
      assertThat(answered.json().get("data").findValuesAsString("url"))
          .hasSize(2)
          .doesNotHaveDuplicates();
    }
    assertThat(again.join().json().get("data")).isEqualTo(reply.join().json().get("data"));
    assertThat(again.join().header("X-Request-Id")).isEqualTo(reply.join().header("X-Request-Id"));
    assertThat(jobs()).isEqualTo(2);
  }

  @Test
  void where_one_of_several_fails_the_error_names_the_others() {
    var reply = ask(plain(",\"n\":2"), Duration.ofSeconds(30));
    await().until(() -> jobs() == 2);
    var ids = findAll();
    worker.complete(ids.getFirst());
    worker.fail(ids.getLast(), "provider_unavailable");
    assertThat(reply.join().status()).isEqualTo(503);
    assertThat(reply.join().header("X-Should-Retry")).as("it would pay again").isEqualTo("false");
    assertThat(reply.join().text("/error/message"))
        .contains("1 of 2 pictures", "http://localhost", ids.getFirst());
  }

  @Test
  void a_stream_has_an_event_for_the_picture() {
    var picture = aPicture();
    var reply = askWhile(plain(",\"stream\":true"), id -> complete(id, picture));
    assertThat(reply.header("Content-Type")).startsWith("text/event-stream");
    var lines = reply.body().lines().toList();
    assertThat(lines.get(0)).isEqualTo("event: image_generation.completed");
    var event = JsonMapper.shared().readTree(lines.get(1).substring("data: ".length()));
    assertThat(event.get("type").asString()).isEqualTo("image_generation.completed");
    assertThat(event.get("created_at").longValue()).isPositive();
    assertThat(Base64.getDecoder().decode(event.get("b64_json").asString())).isEqualTo(picture);
    assertThat(reply.body()).endsWith("\n\n").doesNotContain("partial_image");
  }

  @Test
  void a_stream_that_has_not_begun_fails_like_a_reply() {
    var reply = askWhile(plain(",\"stream\":true"), id -> worker.fail(id, "content_refused"));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error/code")).isEqualTo("content_policy_violation");
  }

  @Test
  void a_client_that_hangs_up_and_comes_again_gets_the_job_it_had() {
    var impatient = ask(plain(""), Duration.ofMillis(500));
    assertThat(impatient.handle((_, e) -> e).join()).as("it has timed out").isNotNull();
    var id = find();
    assertThat(id).isNotEmpty();
    await("its place is free").atMost(Duration.ofSeconds(20)).until(() -> waiting() == 0);

    var again = ask(plain(""), Duration.ofSeconds(30), RETRY_COUNT, "1");
    var noSdk = ask(plain(""), Duration.ofSeconds(30));
    await().until(() -> waiting() == 2);
    worker.complete(id);
    for (var repetition : List.of(again, noSdk)) {
      assertThat(repetition.join().header("X-Request-Id")).isEqualTo(id);
      assertThat(repetition.join().header("Idempotent-Replayed")).isEqualTo("true");
      assertThat(repetition.join().text("/data/0/url")).contains(id);
    }
    assertThat(jobs()).isEqualTo(1);
  }

  @Test
  void the_next_request_of_the_same_words_is_a_new_job_once_the_answer_is_delivered() {
    var first = askWhile(plain(""), worker::complete);
    var lost = ask(plain(""), Duration.ofSeconds(30), RETRY_COUNT, "2").join();
    assertThat(lost.header("X-Request-Id")).isEqualTo(first.header("X-Request-Id"));
    assertThat(jobs()).isEqualTo(1);

    var second = ask(plain(""), Duration.ofSeconds(30), RETRY_COUNT, "0");
    await().until(() -> jobs() == 2);
    worker.complete(findOpen());
    assertThat(second.join().status()).isEqualTo(200);
    assertThat(second.join().header("X-Request-Id")).isNotEqualTo(first.header("X-Request-Id"));
  }

  @Test
  void what_may_succeed_later_is_a_new_job_when_it_is_sent_again() {
    var failed = askWhile(plain(""), id -> worker.fail(id, "provider_unavailable"));
    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.header("X-Should-Retry")).isEmpty();

    var again = ask(plain(""), Duration.ofSeconds(30), RETRY_COUNT, "1");
    await().until(() -> jobs() == 2);
    worker.complete(findOpen());
    assertThat(again.join().status()).isEqualTo(200);
  }

  @Test
  void what_failed_for_good_fails_again_when_it_is_sent_again() {
    var failed = askWhile(plain(""), id -> worker.fail(id, "bad_reply"));
    assertThat(failed.header("X-Should-Retry")).isEqualTo("false");

    var again = ask(plain(""), Duration.ofSeconds(30), RETRY_COUNT, "1").join();
    assertThat(again.text("/error/code")).isEqualTo("bad_reply");
    assertThat(jobs()).isEqualTo(1);
  }

  @Test
  void a_key_of_the_client_wins() {
    var reply = askWhile(plain(""), worker::complete, "Idempotency-Key", prompt);
    var again =
        ask(plain(""), Duration.ofSeconds(30), "Idempotency-Key", prompt, RETRY_COUNT, "0").join();
    assertThat(again.header("X-Request-Id")).isEqualTo(reply.header("X-Request-Id"));
    assertThat(jobs()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "content_refused, 400, invalid_request_error, content_policy_violation, '', false",
    "rejected, 400, invalid_request_error, rejected, '', false",
    "asynchronous_answer, 500, server_error, asynchronous_answer, '', false",
    "outcome_unknown, 500, server_error, outcome_unknown, '', false",
    "a_code_of_a_later_version, 500, server_error, a_code_of_a_later_version, '', false",
    "deadline_exceeded, 503, server_error, deadline_exceeded, 30, ''"
  })
  void a_failed_job_is_the_exception_that_client_libraries_have_for_it(
      String code, int status, String type, String theirCode, String retryAfter, String retry) {
    var reply = askWhile(plain(""), id -> worker.fail(id, code));
    assertThat(reply.status()).isEqualTo(status);
    assertIsError(reply, type, theirCode);
    assertThat(api.complaints(GENERATE, reply)).isEmpty();
    assertThat(reply.text("/error/message")).isEqualTo("The provider said no.");
    assertThat(reply.header("Retry-After")).isEqualTo(retryAfter);
    assertThat(reply.header("X-Should-Retry")).isEqualTo(retry);
  }

  static void assertIsError(Reply reply, String type, String code) {
    assertThat(reply.header("Content-Type")).startsWith("application/json");
    assertThat(reply.text("/error/type")).isEqualTo(type);
    assertThat(reply.text("/error/code")).isEqualTo(code);
    assertThat(reply.text("/error/message")).isNotBlank();
    assertThat(reply.json().at("/error").has("param")).isTrue();
    assertThat(reply.header("X-Request-Id")).isNotEmpty();
  }

  private String plain(String more) {
    return "{\"prompt\":\"%s\"%s}".formatted(prompt, more);
  }

  /** Sends it, does something to the job as soon as it is there, and waits for the reply. */
  private Reply askWhile(String body, Consumer<String> work, String... headers) {
    var reply = ask(body, Duration.ofSeconds(30), headers);
    work.accept(await().until(this::find, id -> !id.isEmpty()));
    return reply.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private CompletableFuture<Reply> ask(String body, Duration timeout, String... headers) {
    var request = request(gateway, body).timeout(timeout);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CompletableFuture.supplyAsync(() -> gateway.send(request), Thread::startVirtualThread);
  }

  static HttpRequest.Builder request(RunningGateway of, String body) {
    return of.request("/v1/images/generations")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  private double waiting() {
    return waitingAt(gateway);
  }

  static double waitingAt(RunningGateway of) {
    return of.bean(MeterRegistry.class).get("darkroom.openai.waiting").gauge().value();
  }

  private void complete(String id, byte[] bytes) {
    try (var upload = gateway.bean(PictureStore.class).upload(RequestId.parse(id).orElseThrow())) {
      upload.body().write(bytes);
      var kept = ((Stored) upload.commit()).picture();
      worker.completeSilently(
          id,
          new PictureRecord(kept.url(), kept.sha256(), kept.format().contentType(), kept.bytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] aPicture() {
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private long jobs() {
    return gateway
        .bean(JdbcClient.class)
        .sql("select count(*) from generation_jobs where request ->> 'prompt' = :prompt")
        .param("prompt", prompt)
        .query(Long.class)
        .single();
  }

  private String find() {
    return gateway
        .bean(JdbcClient.class)
        .sql("select request_id::text from generation_jobs where request ->> 'prompt' = :prompt")
        .param("prompt", prompt)
        .query(String.class)
        .optional()
        .orElse("");
  }

  private List<String> findAll() {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select request_id::text from generation_jobs
            where request ->> 'prompt' = :prompt order by request_id
            """)
        .param("prompt", prompt)
        .query((row, _) -> row.getString("request_id"))
        .list();
  }

  private String findOpen() {
    return gateway
        .bean(JdbcClient.class)
        .sql(
            """
            select request_id::text from generation_jobs
            where request ->> 'prompt' = :prompt and finished_at is null
            """)
        .param("prompt", prompt)
        .query(String.class)
        .single();
  }
}
