package dev.darkroom.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.darkroom.simulator.drawing.OutputFormat;
import java.util.Locale;

/**
 * A valid request for a picture, with what it left out filled in; as JSON in Nebius's own field
 * names.
 */
public record ImageRequest(
    String model,
    String prompt,
    @JsonProperty("negative_prompt") String negativePrompt,
    int width,
    int height,
    @JsonProperty("num_inference_steps") int steps,
    long seed,
    @JsonProperty("guidance_scale") double guidanceScale,
    @JsonProperty("response_extension") OutputFormat extension,
    @JsonProperty("response_format") ResponseFormat format) {

  /** Where the picture is found in a reply. */
  public enum ResponseFormat {
    B64_JSON,
    URL;

    /** As the wire spells it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
