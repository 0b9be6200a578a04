package dev.darkroom.worker.nebius;

import dev.darkroom.model.GenerationRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The body of <a
 * href="https://docs.tokenfactory.nebius.com/api-reference/images/create-image">{@code POST
 * images/generations}</a> for a request: a pure function, so that every retry asks for the same
 * picture. Nebius takes its own fields at the top level; nested in {@code extra_body} they are
 * ignored.
 */
final class CallParameters {
  static final int MIN_STEPS = 30;
  static final int ADDED_STEPS = 20;

  private CallParameters() {}

  static Map<String, Object> of(GenerationRequest request, String model) {
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("model", model);
    parameters.put("prompt", prompt(request));
    if (request.negativePrompt() != null && !request.negativePrompt().isBlank()) {
      parameters.put("negative_prompt", request.negativePrompt());
    }
    parameters.put("width", request.width());
    parameters.put("height", request.height());
    parameters.put("num_inference_steps", steps(request.diffusionStrength()));
    parameters.put("seed", request.seed());
    parameters.put("response_extension", "webp");
    parameters.put("response_format", "b64_json");
    return parameters;
  }

  static long steps(double diffusionStrength) {
    return Math.round(MIN_STEPS + ADDED_STEPS * diffusionStrength);
  }

  /**
   * Nebius's limit holds for what is sent: where the style makes it too long, the style is cut, at
   * a word.
   */
  private static String prompt(GenerationRequest request) {
    var prompt =
        request.prompt() + StyleTemplate.addition(request.style(), request.styleIntensity());
    if (GenerationRequest.characters(prompt) <= GenerationRequest.MAX_PROMPT) {
      return prompt;
    }
    var end = prompt.offsetByCodePoints(0, GenerationRequest.MAX_PROMPT);
    var word = prompt.lastIndexOf(' ', end);
    return prompt.substring(0, Math.max(word, request.prompt().length())).stripTrailing();
  }
}
