package dev.darkroom.worker.nebius;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.GenerationRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CallParametersTest {

  @Test
  void all_fields_stand_at_the_top_level() {
    var request =
        new GenerationRequest(
            "An elephant", "Giraffes, night sky", 0.7, 0, "sketch", 640, 320, 12345);

    assertThat(CallParameters.of(request, "stability-ai/sdxl"))
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
  void what_was_not_asked_for_is_not_sent() {
    var request = new GenerationRequest("An elephant", " ", 0.7, 0.5, null, 512, 512, 1);

    assertThat(CallParameters.of(request, "m")).doesNotContainKey("negative_prompt");
  }

  @ParameterizedTest
  @CsvSource({"0, 30", "0.01, 30", "0.025, 31", "0.5, 40", "0.7, 44", "1, 50"})
  void the_strength_sets_the_steps_and_zero_means_thirty(double strength, long steps) {
    assertThat(CallParameters.steps(strength)).isEqualTo(steps);
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
        "art deco,   0.2,  A fox in art deco style",
        "art deco,   1,    A fox in art deco style",
      })
  void the_style_is_added_by_its_intensity(
      @Nullable String style, double intensity, String expected) {
    var request = new GenerationRequest("A fox", null, 0.7, intensity, style, 512, 512, 1);

    assertThat(CallParameters.of(request, "m")).containsEntry("prompt", expected);
  }

  @Test
  void a_prompt_that_grows_too_long_loses_the_end_of_its_style_at_a_word() {
    var long_prompt = "🦊".repeat(1970);
    var request = new GenerationRequest(long_prompt, null, 0.7, 1, "realistic", 512, 512, 1);

    assertThat(CallParameters.of(request, "m"))
        .containsEntry("prompt", long_prompt + " in realistic style,");
  }

  @Test
  void a_prompt_at_the_limit_is_sent_as_it_is() {
    var longest = "x".repeat(2000);
    var request = new GenerationRequest(longest, null, 0.7, 1, "realistic", 512, 512, 1);

    assertThat(CallParameters.of(request, "m")).containsEntry("prompt", longest);
  }
}
