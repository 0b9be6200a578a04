package dev.darkroom.gateway.submit.fields;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ForeignFieldTest {

  @ParameterizedTest
  @CsvSource({
    "Prompt, prompt",
    "prompts, prompt",
    "pormpt, prompt",
    "prmpt, prompt",
    "NEGATIVE_PROMPT, negative_prompt",
    "negative.prompt, negative_prompt",
    "negativPromt, negative_prompt",
    "difusionStrengt, diffusionStrength",
    "style-intensity, styleIntensity",
    "styleIntensty, styleIntensity",
    "stlye, style",
    "styles, style",
    "wdith, width",
    "widths, width",
    "hight, height",
    "heigth, height",
    "seeed, seed",
    "sed, seed",
    "modell, model",
    "lroas, loras",
    "user-id, userId",
    "USERID, userId",
    "deadline_second, deadlineSeconds",
    "counts, count"
  })
  void a_misspelling_is_known(String written, String meant) {
    assertThat(ForeignField.nearest(written, UnknownFields.OWN)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "id",
        "foo",
        "tags",
        "name",
        "title",
        "light",
        "right",
        "mode",
        "speed",
        "scheduler",
        "client",
        "project",
        "metadata",
        "unknown",
        "extra",
        "übergröße"
      })
  void another_word_is_none(String written) {
    assertThat(ForeignField.nearest(written, UnknownFields.OWN)).isEmpty();
  }
}
