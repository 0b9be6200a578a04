package dev.darkroom.gateway.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.submit.SubmissionParser.ModelSettings;
import dev.darkroom.model.GenerationRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ModelSettingsTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Enabled.class);

  @Configuration
  @EnableConfigurationProperties(ModelSettings.class)
  static class Enabled {}

  @Test
  void a_request_may_name_its_model_and_each_has_its_guidance_scale() {
    runner
        .withPropertyValues("darkroom.nebius.guidance-scale=other/model=3.5, third/model = 9")
        .run(context -> {
          var models = context.getBean(ModelSettings.class);

          assertThat(sent(models, "other/model"))
              .containsEntry("model", "other/model")
              .containsEntry("guidance_scale", 3.5);
          assertThat(sent(models, null))
              .containsEntry("model", "stability-ai/sdxl")
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

  private static Map<String, Object> sent(ModelSettings models, @Nullable String model) {
    return models
        .call(new GenerationRequest("A fox", null, 0.7, 0.5, null, 96, 64, 7, model, null))
        .sent();
  }
}
