package dev.darkroom.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class GenerationRequestTest {
  /** Once a smaller limit made jobs unreadable that had been accepted under a larger one. */
  @Test
  void a_request_that_was_accepted_under_other_limits_can_be_read() {
    var json =
        """
        {"prompt": "%s", "diffusionStrength": 1.5, "styleIntensity": 0, "width": 4096, "height": 32, "seed": 7,
          "loras": [{"url": "%s", "scale": 11}]}
        """
            .formatted("x".repeat(GenerationRequest.MAX_PROMPT + 1), "x".repeat(3000));

    var request = JsonMapper.builder().build().readValue(json, GenerationRequest.class);

    assertThat(request.prompt()).hasSize(2001);
    assertThat(request.width()).isEqualTo(4096);
    assertThat(request.loras()).hasSize(1);
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
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GenerationRequest("a\0b", null, 0, 0, null, 64, 64, 0, null, null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GenerationRequest("x", "\0", 0, 0, null, 64, 64, 0, null, null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GenerationRequest("x", null, 0, 0, "\0", 64, 64, 0, null, null));
    assertThat(GenerationRequest.isStorable("a\tb")).isTrue();
    assertThat(GenerationRequest.isStorable("a\0b")).isFalse();
  }
}
