package dev.darkroom.gateway.submit;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.Lora;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a submission as the OpenAPI document shows them; {@link Fields} reads them. */
@Schema(
    name = "GenerationRequest",
    description =
        "What the picture should be. null means absent. Names that other APIs have for these fields, and misspellings, are refused with the name to use, unless they change nothing; all other fields are ignored, and listed in the reply.")
record SubmissionDocs(
    @Schema(
            description = "What to draw. Not blank; characters are Unicode code points.",
            requiredMode = RequiredMode.REQUIRED,
            minLength = 1,
            maxLength = GenerationRequest.MAX_PROMPT,
            example = "a lighthouse at dusk")
        String prompt,
    @Schema(
            name = "negative_prompt",
            description = "What the picture should not show.",
            maxLength = GenerationRequest.MAX_PROMPT)
        @Nullable String negativePrompt,
    @Schema(
            description = "How long the model works on it: 0 for 30 steps, 1 for 50.",
            minimum = "0",
            maximum = "1",
            defaultValue = "0.7")
        @Nullable Double diffusionStrength,
    @Schema(
            description =
                "How much of the style's template is added to the prompt: nothing at 0, its name below 0.5, all of it from there on.",
            minimum = "0",
            maximum = "1",
            defaultValue = "0.5")
        @Nullable Double styleIntensity,
    @Schema(
            description =
                "Without regard to case, realistic, cartoon, abstract, sketch and watercolor have templates, and so have 3d-model, analog-film, anime, cinematic, comic-book, digital-art, enhance, fantasy-art, isometric, line-art, low-poly, modeling-compound, neon-punk, origami, photographic, pixel-art and tile-texture; any other text is used as \"in … style\".",
            maxLength = GenerationRequest.MAX_STYLE,
            example = "watercolor")
        @Nullable String style,
    @Schema(description = "Pixels.", minimum = "64", maximum = "2048", defaultValue = "512")
        @Nullable Integer width,
    @Schema(description = "Pixels.", minimum = "64", maximum = "2048", defaultValue = "512")
        @Nullable Integer height,
    @Schema(
            description =
                "The same seed and fields give the same picture. Drawn at submission if absent, null or -1.",
            minimum = "-1")
        @Nullable Long seed,
    @Schema(
            description =
                "Which model draws: the one that is set for this service, or one that its setting darkroom.nebius.models lists.",
            example = "stability-ai/sdxl",
            maxLength = GenerationRequest.MAX_MODEL)
        @Nullable String model,
    @Schema(description = "LoRAs (low-rank adaptations), passed on to models that take them.")
        @ArraySchema(minItems = 1, maxItems = GenerationRequest.MAX_LORAS)
        @Nullable List<LoraDocs> loras,
    @Schema(
            description = "Ignored where a verified identity is present.",
            maxLength = GenerationRequest.MAX_USER_ID,
            defaultValue = GenerationRequest.ANONYMOUS)
        @Nullable String userId,
    @Schema(
            description =
                "The job ends this many seconds after its acceptance at the latest. The default is a setting of the service, 900.",
            minimum = "10",
            maximum = "86400")
        @Nullable Integer deadlineSeconds) {

  @Schema(name = "RequestedLora")
  record LoraDocs(
      @Schema(
              description = "Where the provider fetches it: https, without a login.",
              requiredMode = RequiredMode.REQUIRED,
              maxLength = Lora.MAX_URL,
              example = "https://example.com/pixel-art.safetensors")
          String url,
      @Schema(
              description = "How strongly it counts.",
              minimum = "-10",
              maximum = "10",
              defaultValue = "1")
          @Nullable Double scale) {}
}
