package dev.darkroom.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.model.ImageModel.NumberRange;
import dev.darkroom.gateway.model.ImageModel.PictureSize;
import dev.darkroom.gateway.model.ModelCatalog.ModelSettings;
import dev.darkroom.gateway.submit.call.CallParameters;
import dev.darkroom.model.GenerationRequest;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ModelCatalogTest {
  private static final String SDXL = "stability-ai/sdxl";
  private static final String SCHNELL = "black-forest-labs/flux-schnell";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Catalog.class);

  @Configuration
  @EnableConfigurationProperties({ModelSettings.class, CatalogSettings.class})
  @Import(ModelCatalog.class)
  static class Catalog {}

  @Test
  void without_settings_there_is_sdxl_alone() {
    runner.run(context ->
        assertThat(context.getBean(ModelCatalog.class).all())
            .singleElement()
            .isEqualTo(BuiltInModels.describe(SDXL)));
  }

  @Test
  void a_blank_default_is_sdxl() {
    runner
        .withPropertyValues("darkroom.nebius.model=")
        .run(context ->
            assertThat(context.getBean(ModelCatalog.class).defaultModel().name()).isEqualTo(SDXL));
  }

  @Test
  void models_are_found_by_name_and_alias_and_the_default_is_the_first() {
    runner
        .withPropertyValues(
            "darkroom.nebius.model=" + SCHNELL,
            "darkroom.nebius.models=other/model",
            "darkroom.models[0].name=" + SDXL,
            "darkroom.models[0].aliases=dall-e-2,dall-e-3",
            "darkroom.models[1].name=" + SCHNELL,
            "darkroom.models[1].aliases=gpt-image-1")
        .run(context -> {
          var catalog = context.getBean(ModelCatalog.class);

          assertThat(catalog.all())
              .extracting(ImageModel::name)
              .containsExactly(SCHNELL, "other/model", SDXL);
          assertThat(catalog.names())
              .containsExactly(SCHNELL, "other/model", SDXL, "gpt-image-1", "dall-e-2", "dall-e-3");
          assertThat(catalog.defaultModel().name()).isEqualTo(SCHNELL);
          assertThat(catalog.find("dall-e-3")).map(ImageModel::name).hasValue(SDXL);
          assertThat(catalog.find("DALL-E-3")).isEmpty();
          assertThat(catalog.find("other/model"))
              .hasValueSatisfying(
                  model -> assertThat(model.steps()).isEqualTo(new NumberRange(30, 50)));
        });
  }

  @Test
  void what_an_operator_says_replaces_what_is_built_in_and_nothing_else() {
    runner
        .withPropertyValues(
            "darkroom.models[0].name=" + SCHNELL,
            "darkroom.models[0].sides=256 - 1536",
            "darkroom.models[0].default-size=1024x768",
            "darkroom.models[0].guidance-scale=3.5",
            "darkroom.models[0].price=0.0013")
        .run(context -> {
          var builtIn = BuiltInModels.describe(SCHNELL);

          assertThat(context.getBean(ModelCatalog.class).find(SCHNELL))
              .hasValue(
                  new ImageModel(
                      SCHNELL,
                      List.of(),
                      builtIn.steps(),
                      new NumberRange(256, 1536),
                      builtIn.multiple(),
                      new PictureSize(1024, 768),
                      builtIn.longestPrompt(),
                      builtIn.negativePrompt(),
                      builtIn.loras(),
                      3.5,
                      new BigDecimal("0.0013")));
        });
  }

  @Test
  void values_are_written_as_people_write_them() {
    assertThat(NumberRange.valueOf("256 - 1536")).isEqualTo(new NumberRange(256, 1536));
    assertThat(NumberRange.valueOf("4")).isEqualTo(new NumberRange(4, 4));
    assertThat(PictureSize.valueOf("1024x768")).isEqualTo(new PictureSize(1024, 768));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "steps=four | darkroom.models[0].steps | two numbers, such as 30-50",
        "steps=50-30 | darkroom.models[0].steps | the smaller number",
        "steps=0-4 | darkroom.models: steps of a/model | within 1-80",
        "sides=32-2048 | darkroom.models: sides of a/model | within 64-2048",
        "sides=1024-2048 | darkroom.models: default-size of a/model | between 1024 and 2048",
        "multiple=0 | darkroom.models: multiple of a/model | at least 1",
        "default-size=512 | darkroom.models[0].default-size | such as 1024x768",
        "longest-prompt=2001 | darkroom.models: longest-prompt of a/model | between 1 and 2000",
        "guidance-scale=101 | darkroom.models: guidance-scale of a/model | between 0 and 100",
        "price=-1 | darkroom.models: price of a/model | 0 or more",
        "loras=perhaps | darkroom.models[0].loras | perhaps",
        "aliases=stability-ai/sdxl | darkroom.models: aliases of a/model | stability-ai/sdxl is taken"
      })
  void a_bad_value_stops_the_start_with_its_property_and_what_it_should_be(
      String value, String property, String rule) {
    runner
        .withPropertyValues("darkroom.models[0].name=a/model", "darkroom.models[0]." + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(property)
                .hasStackTraceContaining(rule));
  }

  @Test
  void the_older_setting_of_guidance_still_counts_and_the_model_s_own_goes_before_it() {
    runner
        .withPropertyValues(
            "darkroom.nebius.models=other/model, third/model",
            "darkroom.nebius.guidance-scale=other/model=3.5, third/model = 9",
            "darkroom.models[0].name=third/model",
            "darkroom.models[0].guidance-scale=4")
        .run(context -> {
          var models = context.getBean(ModelCatalog.class);

          assertThat(sent(models, "other/model"))
              .containsEntry("model", "other/model")
              .containsEntry("guidance_scale", 3.5);
          assertThat(sent(models, "third/model")).containsEntry("guidance_scale", 4.0);
          assertThat(sent(models, null))
              .containsEntry("model", SDXL)
              .doesNotContainKey("guidance_scale");
        });
  }

  @Test
  void a_guidance_scale_without_its_model_stops_the_start() {
    runner
        .withPropertyValues("darkroom.nebius.guidance-scale=7.5")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .message()
                .contains("such as stability-ai/sdxl=7.5"));
  }

  private static Map<String, Object> sent(ModelCatalog models, @Nullable String model) {
    var request = new GenerationRequest("A fox", null, 0.7, 0.5, null, 96, 64, 7, model, null);
    return CallParameters.of(request, models.modelOf(request)).sent();
  }
}
