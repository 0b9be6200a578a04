package dev.darkroom.simulator;

import static dev.darkroom.simulator.TestingClient.body;
import static dev.darkroom.simulator.TestingClient.json;
import static dev.darkroom.simulator.TestingClient.picture;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NebiusWireFormatTest {
  private NebiusSimulator simulator;
  private TestingClient client;

  @BeforeEach
  void start() throws IOException {
    simulator = NebiusSimulator.start(SimulatorSettings.defaults().withApiKey("key"));
    client = new TestingClient(simulator);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    simulator.close();
  }

  @Test
  void with_a_quota_every_reply_tells_it_and_what_is_beyond_it_is_refused_and_not_billed()
      throws Exception {
    var settings = SimulatorSettings.defaults().withQuota(QuotaRules.perMinute(1));
    try (var limited = NebiusSimulator.start(settings);
        var caller = new TestingClient(limited)) {
      var first = caller.generate("a fox");
      var second = caller.generate("a fox");

      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.headers().firstValue("x-ratelimit-limit-requests")).contains("1");
      assertThat(first.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(second.headers().firstValue("retry-after").map(Integer::parseInt))
          .hasValueSatisfying(wait -> assertThat(wait).isBetween(50, 60));
      assertThat(TestingClient.json(second).path("detail").asString())
          .contains("1 requests per minute");
      assertThat(limited.bill().total()).isEqualTo(1);
      assertThat(limited.bill().calls())
          .extracting(SimulatedCall::status)
          .containsExactly(200, 429);
    }
  }

  @Test
  void a_good_reply_holds_data_and_id_and_nothing_else() throws Exception {
    var reply = client.generate("a fox");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(reply.headers().firstValue("x-request-id").orElseThrow()).matches("[0-9a-f]{32}");
    assertThat(json(reply).propertyNames()).containsExactlyInAnyOrder("data", "id");
    assertThat(json(reply).get("data")).hasSize(1);
    assertThat(json(reply).at("/data/0").propertyNames()).containsExactly("b64_json");
  }

  @Test
  void a_picture_is_a_webp_of_the_size_asked_for() throws Exception {
    var asked = with(Map.of("width", 200, "height", 120));

    byte[] file = picture(client.send(client.generation(asked)));

    assertThat(new String(file, 8, 4, StandardCharsets.US_ASCII)).isEqualTo("WEBP");
    var picture = ImageIO.read(new ByteArrayInputStream(file));
    assertThat(picture.getWidth()).isEqualTo(200);
    assertThat(picture.getHeight()).isEqualTo(120);
  }

  @Test
  void a_picture_is_512_by_512_where_no_size_is_given() throws Exception {
    var asked = "{\"model\":\"stability-ai/sdxl\",\"prompt\":\"a fox\"}";

    var picture =
        ImageIO.read(new ByteArrayInputStream(picture(client.send(client.generation(asked)))));

    assertThat(picture.getWidth()).isEqualTo(512);
    assertThat(picture.getHeight()).isEqualTo(512);
  }

  @Test
  void the_same_request_gets_the_same_bytes_and_another_seed_others() throws Exception {
    var first = picture(client.generate("a fox"));

    assertThat(picture(client.generate("a fox"))).isEqualTo(first);
    assertThat(picture(client.send(client.generation(with(Map.of("seed", 8))))))
        .isNotEqualTo(first);
  }

  @Test
  void seed_minus_one_draws_a_seed_for_every_request() throws Exception {
    var first = picture(client.send(client.generation(with(Map.of("seed", -1)))));
    var second = picture(client.send(client.generation(with(Map.of("seed", -1)))));

    assertThat(second).isNotEqualTo(first);
    assertThat(simulator.bill().calls())
        .extracting(SimulatedCall::seed)
        .doesNotHaveDuplicates()
        .allMatch(seed -> seed >= 0);
    assertThat(simulator.bill().calls())
        .extracting(call -> call.request().seed())
        .containsOnly(-1L);
  }

  @Test
  void a_picture_asked_for_as_url_is_fetched_from_there_without_a_key() throws Exception {
    var inline = picture(client.send(client.generation(with(Map.of("response_extension", "png")))));
    var reply =
        client.send(
            client.generation(with(Map.of("response_extension", "png", "response_format", "url"))));

    var url = json(reply).at("/data/0/url").stringValue();
    var fetched = client.send(HttpRequest.newBuilder(URI.create(url)).build());

    assertThat(fetched.headers().firstValue("content-type")).hasValue("image/png");
    assertThat(fetched.body()).isEqualTo(inline);
    assertThat(client.send(HttpRequest.newBuilder(URI.create(url + "0")).build()).statusCode())
        .isEqualTo(404);
  }

  @Test
  void unknown_fields_and_extra_body_are_ignored() throws Exception {
    var asked = with(Map.of("extra_body", Map.of("width", 1), "style", 3));

    assertThat(client.send(client.generation(asked)).statusCode()).isEqualTo(200);
    assertThat(simulator.bill().calls().getFirst().request().width()).isEqualTo(64);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "model, null, missing",
        "model, 3, string_type",
        "prompt, null, missing",
        "prompt, \"\", string_too_short",
        "prompt, [1], string_type",
        "negative_prompt, 1, string_type",
        "width, 63, greater_than_equal",
        "width, 2049, less_than_equal",
        "width, \"64\", int_type",
        "width, 64.5, int_type",
        "height, 63, greater_than_equal",
        "height, 2049, less_than_equal",
        "num_inference_steps, 0, greater_than_equal",
        "num_inference_steps, 81, less_than_equal",
        "seed, -2, greater_than_equal",
        "seed, 9223372036854775808, int_parsing_size",
        "guidance_scale, -0.1, greater_than_equal",
        "guidance_scale, 100.1, less_than_equal",
        "guidance_scale, true, float_type",
        "loras, {}, list_type",
        "loras, [], too_short",
        "loras, [{\"scale\": 1}], missing",
        "response_extension, \"gif\", literal_error",
        "response_format, \"B64_JSON\", literal_error"
      })
  void a_field_out_of_bounds_is_a_422_that_names_it(String field, String value, String type)
      throws Exception {
    var asked = (ObjectNode) Json.MAPPER.readTree(body("a fox"));
    asked.set(field, Json.MAPPER.readTree(value));

    var reply = client.send(client.generation(asked.toString()));

    assertThat(reply.statusCode()).isEqualTo(422);
    assertThat(json(reply).get("detail")).hasSize(1);
    assertThat(json(reply).at("/detail/0/loc").toString())
        .isEqualTo("[\"body\",\"%s\"]".formatted(field));
    assertThat(json(reply).at("/detail/0/type").stringValue()).isEqualTo(type);
    assertThat(json(reply).at("/detail/0/msg").stringValue()).isNotBlank();
    assertThat(simulator.bill().calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "width, 64", "width, 2048", "num_inference_steps, 1", "num_inference_steps, 80",
    "seed, 9223372036854775807", "guidance_scale, 0", "guidance_scale, 100", "guidance_scale, 7.5"
  })
  void the_bounds_themselves_are_allowed(String field, String value) throws Exception {
    var asked = (ObjectNode) Json.MAPPER.readTree(body("a fox"));
    asked.set(field, Json.MAPPER.readTree(value));

    assertThat(client.send(client.generation(asked.toString())).statusCode()).isEqualTo(200);
  }

  @Test
  void all_violations_are_told_at_once() throws Exception {
    var reply =
        client.send(client.generation(with(Map.of("width", 1, "height", 9999, "seed", -5))));

    assertThat(json(reply).at("/detail").findValuesAsString("type"))
        .containsExactly("greater_than_equal", "less_than_equal", "greater_than_equal");
  }

  @Test
  void a_prompt_may_have_2000_characters_outside_the_basic_plane_and_no_more() throws Exception {
    assertThat(client.generate("🦊".repeat(2000)).statusCode()).isEqualTo(200);
    assertThat(json(client.generate("🦊".repeat(2001))).at("/detail/0/type").stringValue())
        .isEqualTo("string_too_long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"model\":", "not json", "{} {", "{'model':'x'}"})
  void malformed_json_is_a_400(String asked) throws Exception {
    var reply = client.send(client.generation(asked));

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(json(reply).get("detail").isString()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "3", ""})
  void a_body_that_is_no_object_is_a_422(String asked) throws Exception {
    var reply = client.send(client.generation(asked));

    assertThat(reply.statusCode()).isEqualTo(422);
    assertThat(json(reply).at("/detail/0/loc").toString()).isEqualTo("[\"body\"]");
  }

  @Test
  void an_unknown_model_is_a_404() throws Exception {
    var reply = client.send(client.generation(with(Map.of("model", "some/other"))));

    assertThat(reply.statusCode()).isEqualTo(404);
    assertThat(json(reply).get("detail").stringValue())
        .isEqualTo("The model `some/other` does not exist.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer other", "Basic key", "key"})
  void another_key_or_none_is_a_401(String authorization) throws Exception {
    var request = client.request("images/generations").setHeader("Authorization", authorization);

    var reply = client.send(request.POST(BodyPublishers.ofString(body("a fox"))).build());

    assertThat(reply.statusCode()).isEqualTo(401);
    assertThat(json(reply).get("detail").isString()).isTrue();
    assertThat(simulator.bill().calls()).isEmpty();
  }

  @Test
  void any_key_will_do_where_none_is_configured_but_there_must_be_one() throws Exception {
    try (var open = NebiusSimulator.start(SimulatorSettings.defaults());
        var visitor = new TestingClient(open)) {
      var none = HttpRequest.newBuilder(open.baseUri().resolve("models")).build();

      assertThat(visitor.generate("a fox").statusCode()).isEqualTo(200);
      assertThat(visitor.send(none).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void the_catalogue_is_a_list_in_the_form_of_openai() throws Exception {
    var reply = client.send(client.request("models").build());

    assertThat(json(reply).get("object").stringValue()).isEqualTo("list");
    assertThat(json(reply).get("data").findValuesAsString("id"))
        .containsExactly(
            "stability-ai/sdxl", "black-forest-labs/flux-schnell", "black-forest-labs/flux-dev");
  }

  @Test
  void an_unknown_path_is_a_404_and_a_wrong_method_a_405() throws Exception {
    var unknown = client.send(client.request("chat/completions").build());
    var wrong = client.send(client.request("images/generations").build());

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).get("detail").stringValue()).isEqualTo("Not Found");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("allow")).hasValue("POST");
    assertThat(client.send(client.request("models").HEAD().build()).statusCode()).isEqualTo(405);
  }

  @Test
  void a_chunked_body_is_read_like_any_other() throws Exception {
    var bytes = body("a fox").getBytes(StandardCharsets.UTF_8);
    var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));

    assertThat(client.send(client.request("images/generations").POST(chunked).build()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void a_client_that_expects_100_continue_gets_it() throws Exception {
    var request = client.request("images/generations").expectContinue(true);

    var reply = client.send(request.POST(BodyPublishers.ofString(body("a fox"))).build());

    assertThat(reply.statusCode()).isEqualTo(200);
  }

  @Test
  void a_body_of_more_than_a_mebibyte_is_a_413() throws Exception {
    assertThat(client.send(client.generation(" ".repeat((1 << 20) + 1))).statusCode())
        .isEqualTo(413);
  }

  private static String with(Map<String, Object> fields) {
    var asked = (ObjectNode) Json.MAPPER.readTree(body("a fox"));
    fields.forEach((name, value) -> asked.set(name, Json.MAPPER.valueToTree(value)));
    return asked.toString();
  }
}
