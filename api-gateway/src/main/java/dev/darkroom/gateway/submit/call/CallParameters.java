package dev.darkroom.gateway.submit.call;

import dev.darkroom.model.GenerationRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of <a
 * href="https://docs.tokenfactory.nebius.com/api-reference/images/create-image">{@code POST
 * images/generations}</a> for a request, computed once, so that every retry asks for the same
 * picture. Nebius takes its own fields at the top level; nested in {@code extra_body} they are
 * ignored.
 *
 * @param sent exactly what is logged and sent
 * @param cut by field, what its style would have added beyond Nebius's limit
 */
public record CallParameters(Map<String, Object> sent, Map<String, String> cut) {
  static final int MIN_STEPS = 30;
  static final int ADDED_STEPS = 20;

  /**
   * What is sent for this request.
   *
   * @param model that is called
   * @param guidanceScale how closely it follows the prompt; its own default if null
   */
  public static CallParameters of(
      GenerationRequest request, String model, @Nullable Double guidanceScale) {
    var style = StyleTemplates.of(request.style(), request.styleIntensity());
    var prompt = LimitedText.of(request.prompt(), style.prompt());
    var negative = negative(request.negativePrompt(), style.negative());
    var sent = new LinkedHashMap<String, Object>();
    sent.put("model", model);
    sent.put("prompt", prompt.kept());
    if (!negative.kept().isEmpty()) {
      sent.put("negative_prompt", negative.kept());
    }
    sent.put("width", request.width());
    sent.put("height", request.height());
    sent.put("num_inference_steps", steps(request.diffusionStrength()));
    if (guidanceScale != null) {
      sent.put("guidance_scale", guidanceScale);
    }
    sent.put("seed", request.seed());
    if (request.loras() != null) {
      sent.put("loras", request.loras());
    }
    sent.put("response_extension", "webp");
    sent.put("response_format", "b64_json");
    var cut = new LinkedHashMap<String, String>();
    prompt.noteIn(cut, "prompt");
    negative.noteIn(cut, "negative_prompt");
    return new CallParameters(sent, cut);
  }

  static long steps(double diffusionStrength) {
    return Math.round(MIN_STEPS + ADDED_STEPS * diffusionStrength);
  }

  /** As the step of the call shows it. */
  public Map<String, Object> details() {
    return cut.isEmpty() ? Map.of("parameters", sent) : Map.of("parameters", sent, "cut", cut);
  }

  private static LimitedText negative(@Nullable String asked, String added) {
    if (asked == null || asked.isBlank()) {
      return new LimitedText(added, "");
    }
    return added.isEmpty() ? new LimitedText(asked, "") : LimitedText.of(asked, ", " + added);
  }

  /**
   * A text within Nebius's limit.
   *
   * @param removed the end that was beyond it
   */
  private record LimitedText(String kept, String removed) {

    /**
     * What the client wrote stays whole; where the style makes it too long, the style is cut, at a
     * word.
     */
    static LimitedText of(String asked, String added) {
      var whole = asked + added;
      if (GenerationRequest.characters(whole) <= GenerationRequest.MAX_PROMPT) {
        return new LimitedText(whole, "");
      }
      var end = whole.offsetByCodePoints(0, GenerationRequest.MAX_PROMPT);
      var word = Math.max(whole.lastIndexOf(' ', end), asked.length());
      return new LimitedText(
          whole.substring(0, word).stripTrailing(), whole.substring(word).strip());
    }

    void noteIn(Map<String, String> cut, String field) {
      if (!removed.isEmpty()) {
        cut.put(field, removed);
      }
    }
  }
}
