package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Fields that belong to other APIs, or are misspelt, make no picture that nobody asked for. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ForeignFieldsIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "size | \"1024x1024\" | width and height",
        "image_size | \"landscape_16_9\" | width and height",
        "image_size | {\"width\":1024,\"height\":512} | width and height",
        "aspect_ratio | \"16:9\" | width and height",
        "n | 4 | use count",
        "num_images | 2 | use count",
        "num_image | 2 | use count",
        "guidence_scale | 7.5 | operator",
        "image_size | 1024 | width and height",
        "batch_size | 2 | use count",
        "numberOfImages | 2 | use count",
        "negativePrompt | \"people\" | negative_prompt",
        "negative-prompt | \"people\" | negative_prompt",
        "negatve_promt | \"people\" | negative_prompt",
        "neg_prompt | \"people\" | negative_prompt",
        "diffusion_strength | 0.9 | diffusionStrength",
        "DiffusionStrenght | 0.9 | diffusionStrength",
        "strength | 0.9 | diffusionStrength",
        "steps | 30 | diffusionStrength",
        "num_inference_steps | 30 | diffusionStrength",
        "style_intensity | 0.9 | styleIntensity",
        "style_preset | \"anime\" | style",
        "Style | \"anime\" | style",
        "widht | 1024 | width",
        "Width | 1024 | width",
        "heigth | 1024 | height",
        "hieght | 1024 | height",
        "sede | 7 | seed",
        "random_seed | 7 | seed",
        "lora | \"https://example.com/l\" | loras",
        "model_id | \"other/model\" | model",
        "modell | \"other/model\" | model",
        "user | \"ada\" | userId",
        "user_id | \"ada\" | userId",
        "deadline_seconds | 60 | deadlineSeconds",
        "timeout | 60 | deadlineSeconds",
        "promt | \"b\" | prompt",
        "guidance_scale | 7.5 | operator",
        "cfg_scale | 7 | operator",
        "response_format | \"b64_json\" | imageUrl",
        "output_format | \"png\" | WebP",
        "image | \"https://example.com/i.png\" | prompt",
        "extra_body | {\"width\":1024} | top level",
        "stream | true | Prefer",
        "webhook_url | \"https://example.com\" | webhookUrl",
        "callback | \"https://example.com\" | webhookUrl",
        "webhook_events_filter | [\"completed\"] | webhookEvents"
      })
  void what_asks_for_something_in_a_field_of_others_is_refused_with_the_field_to_use(
      String field, String value, String advice) {
    var reply = gateway.post("{\"prompt\":\"a\",\"%s\":%s}".formatted(field, value));

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    BadInputIT.assertIsProblem(reply);
    assertThat(reply.json().get("errors")).hasSize(1);
    assertThat(reply.text("/errors/0/field")).isEqualTo(field);
    assertThat(reply.text("/errors/0/message")).contains(advice);
    assertThat(reply.text("/error")).contains(field).contains(advice);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n | 1",
        "num_images | 1.0",
        "size | \"512x512\"",
        "size | \"auto\"",
        "size | 512",
        "image_size | {\"width\":512,\"height\":512}",
        "aspect_ratio | \"1:1\"",
        "random_seed | -1",
        "negativePrompt | null",
        "negativePrompt | \" \"",
        "style_intensity | 0.5",
        "user | \"anonymous\"",
        "model_name | \"stability-ai/sdxl\"",
        "response_format | \"url\"",
        "output_format | \"webp\"",
        "stream | false",
        "extra_body | {}",
        "widht | null",
        "Prompt | \"a\"",
        "scheduler | \"ddim\"",
        "mode | \"text-to-image\"",
        "metadata | {\"a\":[1]}",
        "x | 1e99999999999"
      })
  void what_changes_nothing_or_means_nothing_is_listed(String field, String value) {
    var reply = gateway.post("{\"prompt\":\"a\",\"%s\":%s}".formatted(field, value));

    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    assertThat(ignored(reply)).containsExactly(field);
  }

  @Test
  void a_size_is_measured_against_the_sides_that_were_asked_for() {
    var sides = "{\"prompt\":\"a\",\"width\":1024,\"height\":576,\"%s\":\"%s\"}";

    assertThat(gateway.post(sides.formatted("size", "1024x576")).status()).isEqualTo(202);
    assertThat(gateway.post(sides.formatted("aspect_ratio", "16:9")).status()).isEqualTo(202);
    assertThat(gateway.post(sides.formatted("size", "512x512")).status()).isEqualTo(400);
    assertThat(gateway.post(sides.formatted("aspect_ratio", "1:1")).status()).isEqualTo(400);
  }

  @Test
  void nothing_is_listed_where_nothing_was_ignored_nor_when_the_job_is_asked_for() {
    assertThat(gateway.post("{\"prompt\":\"a\",\"style\":null}").json().has("ignored")).isFalse();

    var id = gateway.post("{\"prompt\":\"a\",\"foo\":1}").text("/requestId");
    assertThat(gateway.get("/api/generate/" + id).json().has("ignored")).isFalse();
  }

  @Test
  void all_mistakes_are_told_at_once() {
    var reply = gateway.post("{\"prompt\":\"a\",\"width\":1,\"n\":4,\"size\":\"9x9\",\"foo\":1}");

    assertThat(reply.json().get("errors").valueStream().map(error -> error.get("field").asString()))
        .containsExactly("width", "n", "size");
  }

  @Test
  void ignored_fields_make_no_other_request_of_one_with_a_key() {
    var key = UUID.randomUUID().toString();
    var first = gateway.post("{\"prompt\":\"a\",\"foo\":1}", "Idempotency-Key", key);
    var second = gateway.post("{\"prompt\":\"a\",\"bar\":1,\"n\":1}", "Idempotency-Key", key);

    assertThat(second.status()).isEqualTo(202);
    assertThat(second.text("/requestId")).isEqualTo(first.text("/requestId"));
    assertThat(ignored(second)).containsExactly("bar", "n");
  }

  @Test
  void names_from_outside_are_repeated_within_limits() {
    var lone =
        gateway.post("{\"prompt\":\"a\",\"\\ud800\":1,\"%s\":1}".formatted("x".repeat(60_000)));
    assertThat(ignored(lone)).containsExactly("\ufffd", "x".repeat(64) + "…");

    var many = new StringBuilder("{\"prompt\":\"a\"");
    for (var i = 0; i < 5_000; i++) {
      many.append(",\"zz").append(i).append("\":1");
    }
    assertThat(ignored(gateway.post(many.append('}').toString()))).hasSize(50);
  }

  private static List<String> ignored(Reply reply) {
    return reply.json().get("ignored").valueStream().map(JsonNode::asString).toList();
  }
}
