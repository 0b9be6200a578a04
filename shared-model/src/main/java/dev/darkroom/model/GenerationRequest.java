package dev.darkroom.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for, with every default filled in and the seed pinned, so that each attempt
 * asks for the same picture.
 *
 * @param prompt 1 to {@value #MAX_PROMPT} characters (Unicode code points), not blank
 * @param negativePrompt what the picture should not show, at most {@value #MAX_PROMPT} characters
 * @param diffusionStrength 0 to 1, sets the number of inference steps
 * @param styleIntensity 0 to 1, sets how much of the style's template is added to the prompt
 * @param style a style's name or any words to be used as "in … style", at most {@value #MAX_STYLE}
 *     characters
 * @param width pixels, {@value #MIN_SIDE} to {@value #MAX_SIDE}
 * @param height pixels, {@value #MIN_SIDE} to {@value #MAX_SIDE}
 * @param seed at least 0; drawn at submission where the client gave none
 * @param model that is to draw; null for the one that is set where the call is made
 * @param loras passed on to the model, 1 to {@value #MAX_LORAS}; null for none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenerationRequest(
    String prompt,
    @JsonProperty("negative_prompt") @Nullable String negativePrompt,
    double diffusionStrength,
    double styleIntensity,
    @Nullable String style,
    int width,
    int height,
    long seed,
    @Nullable String model,
    @Nullable List<Lora> loras) {

  public static final int MAX_PROMPT = 2000;
  public static final int MAX_STYLE = 64;
  public static final int MAX_MODEL = 128;
  public static final int MAX_USER_ID = 128;
  public static final int MAX_LORAS = 10;
  public static final int MIN_SIDE = 64;
  public static final int MAX_SIDE = 2048;
  public static final int DEFAULT_SIDE = 512;
  public static final double DEFAULT_DIFFUSION_STRENGTH = 0.7;
  public static final double DEFAULT_STYLE_INTENSITY = 0.5;
  public static final String ANONYMOUS = "anonymous";

  /** Stands for the prompt of a job whose content was erased; see docs/retention.md. */
  public static final String ERASED = "[erased]";

  /**
   * The gateway checks the limits when a request is submitted. Here only what no row can hold is
   * refused: a job that was accepted under other limits must still be readable.
   */
  public GenerationRequest {
    requireStorable(Objects.requireNonNull(prompt, "prompt"));
    requireStorable(negativePrompt);
    requireStorable(style);
    requireStorable(model);
    loras = loras == null ? null : List.copyOf(loras);
  }

  /** The same picture from another seed. */
  public GenerationRequest withSeed(long other) {
    return new GenerationRequest(
        prompt,
        negativePrompt,
        diffusionStrength,
        styleIntensity,
        style,
        width,
        height,
        other,
        model,
        loras);
  }

  /** A text's length as clients and Nebius count it: an emoji is one character, not two. */
  public static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Whether the ledger can keep it: no text in PostgreSQL holds the character NUL. */
  public static boolean isStorable(String text) {
    return text.indexOf('\0') < 0;
  }

  private static void requireStorable(@Nullable String text) {
    if (text != null && !isStorable(text)) {
      throw new IllegalArgumentException("a text of a request must not contain NUL");
    }
  }
}
