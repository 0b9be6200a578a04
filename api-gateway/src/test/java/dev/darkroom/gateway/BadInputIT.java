package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.darkroom.gateway.RunningGateway.Reply;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BadInputIT {
  private final RunningGateway gateway = RunningGateway.shared();

  static Stream<Arguments> bodies() {
    return Stream.of(
        arguments("", List.of("body")),
        arguments("null", List.of("body")),
        arguments("[]", List.of("body")),
        arguments("{", List.of("body")),
        arguments("{\"prompt\":\"a\",}", List.of("body")),
        arguments("{'prompt':'a'}", List.of("body")),
        arguments("{\"prompt\":\"a\"} {}", List.of("body")),
        arguments("{\"prompt\":\"a\",\"prompt\":\"b\"}", List.of("body")),
        arguments(
            "{\"prompt\":\"a\",\"x\":%s%s}".formatted("[".repeat(9999), "]".repeat(9999)),
            List.of("body")),
        arguments(
            "{\"prompt\":\"a\",\"width\":1e99999999999,\"seed\":1e-99999999999}",
            List.of("width", "seed")),
        arguments(
            "{\"prompt\":1e99999999999,\"style\":[1e99999999999]}", List.of("prompt", "style")),
        arguments(
            "{\"prompt\":\"a\",\"width\":%s}".formatted("7".repeat(60_000)), List.of("width")),
        arguments("{\"prompt\":\"a\",\"x\":{\"y\":1,\"y\":2}}", List.of("body")),
        arguments("{\"prompt\":\"a\",\"x\":01}", List.of("body")),
        arguments("{\"prompt\":\"a\"", List.of("body")),
        arguments("{\"prompt\":\"a\",\"styleIntensity\":NaN}", List.of("body")),
        arguments("{}", List.of("prompt")),
        arguments("{\"prompt\":null}", List.of("prompt")),
        arguments("{\"prompt\":\" \\t\"}", List.of("prompt")),
        arguments("{\"prompt\":\"\\u00a0\\u200b\\u0085\"}", List.of("prompt")),
        arguments("{\"prompt\":7}", List.of("prompt")),
        arguments("{\"prompt\":\"%s\"}".formatted("a".repeat(2001)), List.of("prompt")),
        arguments("{\"prompt\":\"a\\u0000\"}", List.of("prompt")),
        arguments("{\"prompt\":\"\\ud83d\"}", List.of("prompt")),
        arguments(
            "{\"prompt\":\"a\",\"style\":\"\\udc00\",\"userId\":\"\\u0000\"}",
            List.of("style", "userId")),
        arguments(
            "{\"prompt\":\"a\",\"negative_prompt\":\"%s\"}".formatted("a".repeat(2001)),
            List.of("negative_prompt")),
        arguments(
            "{\"prompt\":\"a\",\"style\":\"%s\"}".formatted("a".repeat(65)), List.of("style")),
        arguments(
            "{\"prompt\":\"a\",\"userId\":\"%s\"}".formatted("a".repeat(129)), List.of("userId")),
        arguments(
            "{\"prompt\":\"a\",\"diffusionStrength\":1.01,\"styleIntensity\":-0.01}",
            List.of("diffusionStrength", "styleIntensity")),
        arguments("{\"prompt\":\"a\",\"diffusionStrength\":1e400}", List.of("diffusionStrength")),
        arguments("{\"prompt\":\"a\",\"diffusionStrength\":\"0.5\"}", List.of("diffusionStrength")),
        arguments("{\"prompt\":\"a\",\"width\":63,\"height\":2049}", List.of("width", "height")),
        arguments(
            "{\"prompt\":\"a\",\"width\":\"512\",\"height\":512.5}", List.of("width", "height")),
        arguments(
            "{\"prompt\":\"a\",\"width\":1e999999999,\"height\":true}", List.of("width", "height")),
        arguments("{\"prompt\":\"a\",\"seed\":-2}", List.of("seed")),
        arguments("{\"prompt\":\"a\",\"seed\":\"-1\"}", List.of("seed")),
        arguments("{\"prompt\":\"a\",\"seed\":-1.5}", List.of("seed")),
        arguments("{\"prompt\":\"a\",\"seed\":9223372036854775808}", List.of("seed")),
        arguments("{\"prompt\":\"a\",\"seed\":1e-999999999}", List.of("seed")),
        arguments("{\"prompt\":\"a\",\"model\":\"unheard/of\"}", List.of("model")),
        arguments("{\"prompt\":\"a\",\"model\":[\"other/model\"]}", List.of("model")),
        arguments("{\"prompt\":\"a\",\"deadlineSeconds\":9}", List.of("deadlineSeconds")),
        arguments("{\"prompt\":\"a\",\"deadlineSeconds\":86401}", List.of("deadlineSeconds")),
        arguments(
            "{\"prompt\":[],\"negative_prompt\":1,\"diffusionStrength\":2,\"styleIntensity\":{},\"style\":false,\"width\":0,\"height\":[],\"seed\":\"x\",\"userId\":{},\"deadlineSeconds\":0.5}",
            List.of(
                "prompt",
                "negative_prompt",
                "diffusionStrength",
                "styleIntensity",
                "style",
                "width",
                "height",
                "seed",
                "userId",
                "deadlineSeconds")));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void every_bad_field_is_named(String body, List<String> fields) {
    var reply = gateway.post(body);
    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(fieldsOf(reply)).containsExactlyInAnyOrderElementsOf(fields);
    assertIsProblem(reply);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt\":\"a\",\"width\":512.0,\"height\":5.12e2}",
        "{\"prompt\":\"a\",\"seed\":9223372036854775807}",
        "{\"prompt\":\"a\",\"seed\":-0.0,\"diffusionStrength\":0,\"styleIntensity\":1}",
        "{\"prompt\":\"a\",\"style\":\" \",\"userId\":\"\",\"negative_prompt\":null}",
        "{\"prompt\":\"a\",\"model\":\" \"}",
        "{\"prompt\":\"a\",\"model\":\"stability-ai/sdxl\"}",
        "{\"prompt\":\"a\",\"unknown\":{\"a\":[1]}}",
        "\uFEFF{\"prompt\":\"\\ud83d\\ude00\"}"
      })
  void unusual_but_good_bodies_are_accepted(String body) {
    var reply = gateway.post(body);
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
  }

  /** Each was once refused, in words that were not true. */
  static Stream<String> legalBodies() {
    return Stream.of(
        "{\"prompt\":\"a\",\"styleIntensity\":0.%s}".formatted("1".repeat(1100)),
        "{\"prompt\":\"a\",\"width\":512.%s}".formatted("0".repeat(60_000)),
        "{\"prompt\":\"a\",\"x\":%s}".formatted("1".repeat(1200)),
        "{\"prompt\":\"a\",\"x\":%s}".formatted("1".repeat(65_000)),
        "{\"prompt\":\"a\",\"%s\":1}".formatted("x".repeat(60_000)),
        "{\"x\":1e99999999999,\"y\":[{\"z\":-1e-99999999999}],\"prompt\":\"a\"}");
  }

  @ParameterizedTest
  @MethodSource("legalBodies")
  void legal_json_is_read_whatever_the_length_of_its_parts(String body) {
    var reply = gateway.post(body);
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
  }

  @Test
  void what_can_t_be_read_is_told_in_words_that_are_true() {
    assertThat(
            gateway.post("{\"x\":%s%s}".formatted("[".repeat(64), "]".repeat(64))).text("/error"))
        .isEqualTo("body is nested deeper than 64 levels.");
    assertThat(gateway.post("{\"prompt\":\"a\",\"prompt\":\"b\"}").text("/error"))
        .startsWith("body is not valid JSON: duplicate field \"prompt\" (line 1, column");
    assertThat(gateway.post("{\"prompt\":\"a\",\"width\":1e99999999999}").text("/error"))
        .isEqualTo(
            "width must be an integer between 64 and 2048; got a number with an exponent that is out of range.");
  }

  @Test
  void loras_that_are_no_array_are_told_so() {
    var reply = gateway.post("{\"prompt\":\"a\",\"loras\":{\"url\":\"https://x/y\"}}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/errors/0/field")).isEqualTo("loras");
  }

  @Test
  void an_emoji_is_one_character() {
    assertThat(gateway.post("{\"prompt\":\"%s\"}".formatted("😀".repeat(2000))).status())
        .isEqualTo(202);
    assertThat(gateway.post("{\"prompt\":\"%s\"}".formatted("😀".repeat(2001))).body())
        .contains("got 2001");
  }

  @Test
  void malformed_json_is_answered_with_its_place_and_nothing_of_the_machinery() {
    var reply = gateway.post("{\"prompt\":\n  oops}");
    assertThat(reply.text("/errors/0/message")).contains("line 2, column");
    assertThat(reply.body()).doesNotContainIgnoringCase("jackson").doesNotContain("java");
  }

  @Test
  void a_body_that_is_not_utf8_is_refused() {
    var reply =
        post(BodyPublishers.ofByteArray(new byte[] {'{', (byte) 0xff, '}'}), "application/json");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).contains("UTF-8");
  }

  @Test
  void a_body_larger_than_64_KiB_is_refused_whether_its_length_is_announced_or_not() {
    var bytes =
        "{\"prompt\":\"%s\"}".formatted("a".repeat(64 * 1024)).getBytes(StandardCharsets.UTF_8);
    var announced = post(BodyPublishers.ofByteArray(bytes), "application/json");
    var chunked =
        post(
            BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)),
            "application/json");
    assertThat(announced.status()).isEqualTo(413);
    assertThat(chunked.status()).isEqualTo(413);
    assertIsProblem(announced);
    assertIsProblem(chunked);
  }

  @Test
  void a_body_of_64_KiB_is_read() {
    var padding = "a".repeat(64 * 1024 - "{\"prompt\":\"a\",\"x\":\"\"}".length());
    assertThat(gateway.post("{\"prompt\":\"a\",\"x\":\"%s\"}".formatted(padding)).status())
        .isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "garbage", "application/x-www-form-urlencoded", "*/*"})
  void a_body_that_is_not_json_is_refused_with_what_it_may_be(String contentType) {
    var reply = post(BodyPublishers.ofString("{\"prompt\":\"a\"}"), contentType);
    assertThat(reply.status()).isEqualTo(415);
    assertThat(reply.header("Accept")).contains("application/json");
    assertIsProblem(reply);
  }

  @Test
  void a_missing_content_type_is_refused() {
    var reply = gateway.send(gateway.request("/api/generate").POST(BodyPublishers.ofString("{}")));
    assertThat(reply.status()).isEqualTo(415);
  }

  @Test
  void a_compressed_body_is_refused() {
    assertThat(
            gateway
                .post(
                    "{\"prompt\":\"a\"}",
                    "Content-Encoding",
                    "identity",
                    "Content-Encoding",
                    "gzip")
                .status())
        .isEqualTo(415);
    assertThat(gateway.post("{\"prompt\":\"a\"}", "Content-Encoding", "gzip").status())
        .isEqualTo(415);
  }

  @Test
  void an_accept_header_does_not_turn_an_accepted_job_into_an_error() {
    assertThat(gateway.post("{\"prompt\":\"a\"}", "Accept", "text/html").status()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nope",
        "/api",
        "/api/generate/",
        "/api/generate/x",
        "/api/generate/1/2",
        "/error",
        "/api/generate/00000000-0000-0000-0000-000000000000",
        "/actuator/health"
      })
  void what_is_not_there_is_404(String path) {
    var reply = gateway.get(path);
    assertThat(reply.status()).isEqualTo(404);
    assertIsProblem(reply);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "FOO"})
  void other_methods_are_405_with_those_allowed(String method) {
    var reply =
        gateway.send(gateway.request("/api/generate").method(method, BodyPublishers.noBody()));
    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    assertIsProblem(reply);
  }

  private Reply post(java.net.http.HttpRequest.BodyPublisher body, String contentType) {
    return gateway.send(
        gateway.request("/api/generate").header("Content-Type", contentType).POST(body));
  }

  private static List<String> fieldsOf(Reply reply) {
    return StreamSupport.stream(reply.json().get("errors").spliterator(), false)
        .map(error -> error.get("field").asString())
        .toList();
  }

  static void assertIsProblem(Reply reply) {
    assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
    assertThat(reply.json().get("success").booleanValue()).isFalse();
    assertThat(reply.text("/error")).isNotBlank();
    assertThat(reply.text("/type")).isEqualTo("about:blank");
    assertThat(reply.text("/title")).isNotBlank();
    assertThat(reply.text("/detail")).isNotBlank();
    assertThat(reply.text("/code")).matches("[a-z]+(_[a-z]+)*");
    assertThat(reply.header("X-Request-Id")).isNotEmpty();
    assertThat(reply.text("/instance")).startsWith("/");
    assertThat(reply.json().get("status").intValue()).isEqualTo(reply.status());
  }
}
