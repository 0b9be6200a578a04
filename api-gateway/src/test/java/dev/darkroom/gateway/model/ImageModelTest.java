package dev.darkroom.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.gateway.model.ImageModel.NumberRange;
import dev.darkroom.gateway.submit.call.CallParameters;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.Lora;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageModelTest {
  private static final ImageModel SDXL = TestingCatalog.model("stability-ai/sdxl");
  private static final ImageModel SCHNELL = TestingCatalog.model("black-forest-labs/flux-schnell");
  private static final ImageModel PLAIN =
      new ImageModel(
          "plain/model",
          List.of(),
          new NumberRange(1, 1),
          new NumberRange(512, 1024),
          1,
          new ImageModel.PictureSize(512, 512),
          40,
          true,
          false,
          null,
          null);

  /** The steps of sdxl are those of the service that Darkroom replaces. */
  @ParameterizedTest
  @CsvSource({
    "stability-ai/sdxl, 0, 30",
    "stability-ai/sdxl, 0.01, 30",
    "stability-ai/sdxl, 0.025, 31",
    "stability-ai/sdxl, 0.5, 40",
    "stability-ai/sdxl, 0.7, 44",
    "stability-ai/sdxl, 1, 50",
    "unheard/of, 0.7, 44",
    "black-forest-labs/flux-schnell, 0, 1",
    "black-forest-labs/flux-schnell, 0.7, 3",
    "black-forest-labs/flux-schnell, 1, 4",
    "black-forest-labs/flux-dev, 0, 26",
    "black-forest-labs/flux-dev, 0.7, 29",
    "black-forest-labs/flux-dev, 1, 30"
  })
  void the_strength_sets_the_steps(String model, double strength, long steps) {
    assertThat(TestingCatalog.model(model).steps(strength)).isEqualTo(steps);
  }

  @Test
  void what_a_model_takes_has_no_fault() {
    assertThat(SDXL.faultsOf(request("x".repeat(2000), "y".repeat(2000), 2048, 65, true)))
        .isEmpty();
    assertThat(SCHNELL.faultsOf(request("A fox", "y".repeat(2000), 2048, 80, true))).isEmpty();
    assertThat(PLAIN.faultsOf(request("🦊".repeat(40), null, 512, 1024, false))).isEmpty();
  }

  @Test
  void every_fault_is_told_with_the_model_s_rule() {
    assertThat(SCHNELL.faultsOf(request("A fox", null, 1000, 65, false)))
        .containsExactly(
            new BadField(
                "width",
                "must be a multiple of 16 between 64 and 2048 for black-forest-labs/flux-schnell; got 1000"),
            new BadField(
                "height",
                "must be a multiple of 16 between 64 and 2048 for black-forest-labs/flux-schnell; got 65"));
    assertThat(PLAIN.faultsOf(request("x".repeat(41), "y".repeat(42), 511, 1025, true)))
        .containsExactly(
            new BadField("prompt", "must have at most 40 characters for plain/model; got 41"),
            new BadField(
                "negative_prompt", "must have at most 40 characters for plain/model; got 42"),
            new BadField("width", "must be between 512 and 1024 for plain/model; got 511"),
            new BadField("height", "must be between 512 and 1024 for plain/model; got 1025"),
            new BadField(
                "loras", "is not taken by plain/model; leave it out or use another model"));
  }

  @Test
  void a_model_that_makes_nothing_of_a_negative_prompt_is_not_sent_one_nor_that_of_a_style() {
    var sketch =
        new GenerationRequest("A fox", "people", 0.7, 1, "sketch", 512, 512, 1, null, null);

    assertThat(CallParameters.of(sketch, SDXL).sent()).containsKey("negative_prompt");
    assertThat(CallParameters.of(sketch, SCHNELL).sent()).doesNotContainKey("negative_prompt");
    assertThat(CallParameters.of(sketch, SCHNELL).cut()).isEmpty();
  }

  @Test
  void a_style_is_cut_where_the_model_s_prompt_ends() {
    var parameters =
        CallParameters.of(
            new GenerationRequest("A fox", null, 0.7, 1, "sketch", 512, 512, 1, null, null), PLAIN);

    assertThat(parameters.sent())
        .containsEntry("prompt", "A fox in sketch style, drawn by hand in");
    assertThat(parameters.cut().get("prompt")).startsWith("pencil on paper");
  }

  private static GenerationRequest request(
      String prompt, @Nullable String negative, int width, int height, boolean lora) {
    var loras = lora ? List.of(new Lora("https://example.com/l", 1)) : null;
    return new GenerationRequest(prompt, negative, 0.7, 0.5, null, width, height, 7, null, loras);
  }
}
