package dev.darkroom.gateway.submit.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.model.ImageModel;
import dev.darkroom.gateway.model.TestingCatalog;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.Lora;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CallParametersTest {
  private static final ImageModel MODEL = TestingCatalog.model("m");

  @Test
  void all_fields_stand_at_the_top_level() {
    var request =
        new GenerationRequest(
            "An elephant", "Giraffes, night sky", 0.7, 0, "sketch", 640, 320, 12345, null, null);

    assertThat(CallParameters.of(request, TestingCatalog.model("stability-ai/sdxl")).sent())
        .containsOnly(
            java.util.Map.entry("model", "stability-ai/sdxl"),
            java.util.Map.entry("prompt", "An elephant"),
            java.util.Map.entry("negative_prompt", "Giraffes, night sky"),
            java.util.Map.entry("width", 640),
            java.util.Map.entry("height", 320),
            java.util.Map.entry("num_inference_steps", 44L),
            java.util.Map.entry("seed", 12345L),
            java.util.Map.entry("response_extension", "webp"),
            java.util.Map.entry("response_format", "b64_json"));
  }

  @Test
  void loras_are_sent_and_those_named_in_the_prompt_stay_in_it() {
    var lora = new Lora("https://example.com/l.safetensors", 0.8);
    var request =
        new GenerationRequest(
            "A fox <lora:pixel:0.8>", null, 0.7, 0.5, null, 512, 512, 1, null, List.of(lora));

    var sent = CallParameters.of(request, MODEL).sent();

    assertThat(sent).containsEntry("prompt", "A fox <lora:pixel:0.8>");
    assertThat(JsonMapper.shared().writeValueAsString(sent))
        .contains("\"loras\":[{\"url\":\"https://example.com/l.safetensors\",\"scale\":0.8}]");
  }

  @Test
  void what_was_not_asked_for_is_not_sent() {
    var request =
        new GenerationRequest("An elephant", " ", 0.7, 0.5, null, 512, 512, 1, null, null);

    assertThat(CallParameters.of(request, MODEL).sent())
        .doesNotContainKeys("negative_prompt", "loras");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-,          1,    A fox",
        "realistic,  0,    A fox",
        "realistic,  0.49, A fox in realistic style",
        "Realistic,  0.5,  'A fox in realistic style, photographed in natural light, true colours, fine detail, sharp focus'",
        "cartoon,    1,    'A fox in cartoon style, bold outlines, flat bright colours, simple expressive shapes'",
        "abstract,   1,    'A fox in abstract style, reduced to form and colour, geometric shapes, strong composition'",
        "sketch,     1,    'A fox in sketch style, drawn by hand in pencil on paper, hatching, visible strokes, no colour'",
        "watercolor, 1,    'A fox in watercolor style, transparent washes, soft bleeding edges, grain of the paper'",
        "3d-model,   1,    'A fox in 3d-model style, computer-rendered solid, clean geometry, studio light, soft shadows'",
        "Pixel-Art,  0.2,  A fox in pixel-art style",
        "pixel art,  1,    A fox in pixel art style",
        "art deco,   0.2,  A fox in art deco style",
        "art deco,   1,    A fox in art deco style",
      })
  void the_style_is_added_by_its_intensity(
      @Nullable String style, double intensity, String expected) {
    var request =
        new GenerationRequest("A fox", null, 0.7, intensity, style, 512, 512, 1, null, null);

    assertThat(CallParameters.of(request, MODEL).sent()).containsEntry("prompt", expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "realistic",
        "cartoon",
        "abstract",
        "sketch",
        "watercolor",
        "3d-model",
        "analog-film",
        "anime",
        "cinematic",
        "comic-book",
        "digital-art",
        "enhance",
        "fantasy-art",
        "isometric",
        "line-art",
        "low-poly",
        "modeling-compound",
        "neon-punk",
        "origami",
        "photographic",
        "pixel-art",
        "tile-texture"
      })
  void these_styles_have_templates(String style) {
    var full = CallParameters.of(fox(style, 1, "people"), MODEL);

    assertThat(full.sent().get("prompt"))
        .asString()
        .startsWith("A fox in " + style + " style, ")
        .hasSizeBetween(40, 160);
    assertThat(full.sent().get("negative_prompt")).asString().startsWith("people, ");
    assertThat(full.cut()).isEmpty();
  }

  @Test
  void what_a_style_does_not_want_is_added_only_with_its_whole_template() {
    assertThat(CallParameters.of(fox("sketch", 1, null), MODEL).sent())
        .containsEntry("negative_prompt", "photograph, colour, smooth shading");
    assertThat(CallParameters.of(fox("sketch", 0.4, "people"), MODEL).sent())
        .containsEntry("negative_prompt", "people");
    assertThat(CallParameters.of(fox("sketch", 0, null), MODEL).sent())
        .doesNotContainKey("negative_prompt");
  }

  @Test
  void a_prompt_that_grows_too_long_loses_the_end_of_its_style_at_a_word() {
    var long_prompt = "🦊".repeat(1970);
    var request =
        new GenerationRequest(long_prompt, null, 0.7, 1, "realistic", 512, 512, 1, null, null);
    var parameters = CallParameters.of(request, MODEL);

    assertThat(parameters.sent()).containsEntry("prompt", long_prompt + " in realistic style,");
    assertThat(parameters.cut())
        .containsOnly(
            java.util.Map.entry(
                "prompt", "photographed in natural light, true colours, fine detail, sharp focus"));
  }

  @Test
  void so_does_a_negative_prompt() {
    var longest = "x".repeat(1990);
    var request =
        new GenerationRequest("A fox", longest, 0.7, 1, "sketch", 512, 512, 1, null, null);
    var parameters = CallParameters.of(request, MODEL);

    assertThat(parameters.sent()).containsEntry("negative_prompt", longest + ",");
    assertThat(parameters.cut())
        .containsOnly(java.util.Map.entry("negative_prompt", "photograph, colour, smooth shading"));
  }

  private static GenerationRequest fox(
      @Nullable String style, double intensity, @Nullable String negative) {
    return new GenerationRequest("A fox", negative, 0.7, intensity, style, 512, 512, 1, null, null);
  }

  @Test
  void a_prompt_at_the_limit_is_sent_as_it_is() {
    var longest = "x".repeat(2000);
    var request =
        new GenerationRequest(longest, null, 0.7, 1, "realistic", 512, 512, 1, null, null);

    assertThat(CallParameters.of(request, MODEL).sent()).containsEntry("prompt", longest);
  }
}
