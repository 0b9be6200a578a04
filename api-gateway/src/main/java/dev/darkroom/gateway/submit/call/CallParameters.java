package dev.darkroom.gateway.submit.call;

import dev.darkroom.gateway.model.ImageModel;
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
 * @param cut by field, what its style would have added beyond the model's limit
 */
public record CallParameters(Map<String, Object> sent, Map<String, String> cut) {
  /**
   * What is sent for this request.
   *
   * @param model that is called
   */
  public static CallParameters of(GenerationRequest request, ImageModel model) {
    var style = StyleTemplates.of(request.style(), request.styleIntensity());
    var prompt = LimitedText.of(request.prompt(), style.prompt(), model.longestPrompt());
    var negative =
        model.negativePrompt()
            ? negative(request.negativePrompt(), style.negative(), model.longestPrompt())
            : LimitedText.NONE;
    var sent = new LinkedHashMap<String, Object>();
    sent.put("model", model.name());
    sent.put("prompt", prompt.kept());
    if (!negative.kept().isEmpty()) {
      sent.put("negative_prompt", negative.kept());
    }
    sent.put("width", request.width());
    sent.put("height", request.height());
    sent.put("num_inference_steps", model.steps(request.diffusionStrength()));
    if (model.guidanceScale() != null) {
      sent.put("guidance_scale", model.guidanceScale());
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

  /** As the step of the call shows it. */
  public Map<String, Object> details() {
    return cut.isEmpty() ? Map.of("parameters", sent) : Map.of("parameters", sent, "cut", cut);
  }

  private static LimitedText negative(@Nullable String asked, String added, int longest) {
    if (asked == null || asked.isBlank()) {
      return new LimitedText(added, "");
    }
    return added.isEmpty()
        ? new LimitedText(asked, "")
        : LimitedText.of(asked, ", " + added, longest);
  }

  /**
   * A text within the model's limit.
   *
   * @param removed the end that was beyond it
   */
  private record LimitedText(String kept, String removed) {
    private static final LimitedText NONE = new LimitedText("", "");

    /**
     * What the client wrote stays whole; where the style makes it too long, the style is cut, at a
     * word.
     */
    static LimitedText of(String asked, String added, int longest) {
      var whole = asked + added;
      if (GenerationRequest.characters(whole) <= longest) {
        return new LimitedText(whole, "");
      }
      var end = whole.offsetByCodePoints(0, longest);
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
