package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GenerationRequestTest {
  private static final String FOX = "🦊";

  @Test
  void what_lies_on_a_limit_is_within_it() {
    assertThat(
            new GenerationRequest(
                FOX.repeat(2000), FOX.repeat(2000), 0, 0, FOX.repeat(64), 64, 64, 0))
        .isNotNull();
    assertThat(new GenerationRequest("x", "", 1, 1, "", 2048, 2048, Long.MAX_VALUE)).isNotNull();
  }

  @Test
  void what_lies_beyond_a_limit_is_named() {
    assertRefused("prompt", " \n", null, 0, 0, null, 64, 64, 0);
    assertRefused("prompt", "x".repeat(2001), null, 0, 0, null, 64, 64, 0);
    assertRefused("negative_prompt", "x", "x".repeat(2001), 0, 0, null, 64, 64, 0);
    assertRefused("diffusionStrength", "x", null, 1.01, 0, null, 64, 64, 0);
    assertRefused("diffusionStrength", "x", null, Double.NaN, 0, null, 64, 64, 0);
    assertRefused("styleIntensity", "x", null, 0, -0.01, null, 64, 64, 0);
    assertRefused("style", "x", null, 0, 0, "x".repeat(65), 64, 64, 0);
    assertRefused("width", "x", null, 0, 0, null, 63, 64, 0);
    assertRefused("height", "x", null, 0, 0, null, 64, 2049, 0);
    assertRefused("seed", "x", null, 0, 0, null, 64, 64, -1);
  }

  @Test
  void loras_have_limits() {
    assertThat(new Lora("x".repeat(2048), -10)).isNotEqualTo(new Lora("x", 10));
    assertThatIllegalArgumentException().isThrownBy(() -> new Lora(" ", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Lora("x".repeat(2049), 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Lora("x", 10.01));
    assertThatIllegalArgumentException().isThrownBy(() -> new Lora("x", Double.NaN));
    for (var loras : List.of(List.<Lora>of(), Collections.nCopies(11, new Lora("x", 1)))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new GenerationRequest("x", null, 0, 0, null, 64, 64, 0, null, loras))
          .withMessage("loras is outside of its limits");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "realistic, realistic",
    "REALISTIC, realistic",
    "' 3D-Model ', 3d-model",
    "' Film Noir ', Film Noir"
  })
  void a_style_with_a_template_has_one_name(String written, String name) {
    assertThat(StyleNames.canonical(written)).isEqualTo(name);
  }

  @Test
  void a_text_with_a_NUL_is_refused_because_no_database_row_could_hold_it() {
    assertRefused("prompt", "a\0b", null, 0, 0, null, 64, 64, 0);
    assertRefused("negative_prompt", "x", "\0", 0, 0, null, 64, 64, 0);
    assertRefused("style", "x", null, 0, 0, "\0", 64, 64, 0);
    assertThat(GenerationRequest.isStorable("a\tb")).isTrue();
    assertThat(GenerationRequest.isStorable("a\0b")).isFalse();
  }

  private static void assertRefused(
      String field,
      String prompt,
      @Nullable String negativePrompt,
      double diffusionStrength,
      double styleIntensity,
      @Nullable String style,
      int width,
      int height,
      long seed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new GenerationRequest(
                prompt,
                negativePrompt,
                diffusionStrength,
                styleIntensity,
                style,
                width,
                height,
                seed))
        .withMessage(field + " is outside of its limits");
  }
}
