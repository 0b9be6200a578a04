package dev.darkroom.worker;

import java.util.Map;

/** Parameters of a call as gateways compute them. */
public final class TestingParameters {
  private TestingParameters() {}

  public static Map<String, Object> of(String prompt) {
    return of(prompt, "stability-ai/sdxl");
  }

  public static Map<String, Object> of(String prompt, String model) {
    return Map.of(
        "model",
        model,
        "prompt",
        prompt,
        "negative_prompt",
        "blur",
        "width",
        96,
        "height",
        64,
        "num_inference_steps",
        44,
        "seed",
        7,
        "response_extension",
        "webp",
        "response_format",
        "b64_json");
  }
}
