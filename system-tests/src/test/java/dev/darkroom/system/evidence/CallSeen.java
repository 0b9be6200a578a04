package dev.darkroom.system.evidence;

import dev.darkroom.simulator.Call;
import dev.darkroom.simulator.Fault;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call as the provider saw it.
 *
 * @param parameters all fields of its body, with what was left out filled in
 * @param status what it answered; null for nothing
 * @param billed whether it is to be paid for
 */
public record CallSeen(
    long number,
    Instant arrivedAt,
    Map<String, Object> parameters,
    Reply reply,
    @Nullable Integer status,
    boolean billed) {
  public CallSeen {
    parameters = Map.copyOf(parameters);
  }

  /** How the provider answered; whether the answer arrived is another matter. */
  public enum Reply {
    PICTURE,
    /** 200, and no whole picture. */
    BROKEN,
    ERROR,
    NONE
  }

  static CallSeen of(Call call) {
    return new CallSeen(
        call.number(),
        call.arrivedAt(),
        parameters(call),
        reply(call.fault()),
        call.status(),
        call.billed());
  }

  public String prompt() {
    return String.valueOf(parameters.get("prompt"));
  }

  public long seed() {
    return parameters.get("seed") instanceof Number seed ? seed.longValue() : -1;
  }

  private static Map<String, Object> parameters(Call call) {
    var asked = call.request();
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("model", asked.model());
    parameters.put("prompt", asked.prompt());
    parameters.put("negative_prompt", asked.negativePrompt());
    parameters.put("width", asked.width());
    parameters.put("height", asked.height());
    parameters.put("num_inference_steps", asked.steps());
    parameters.put("seed", asked.seed());
    parameters.put("guidance_scale", asked.guidanceScale());
    parameters.put("response_extension", asked.extension().toString());
    parameters.put("response_format", asked.format().toString());
    return parameters;
  }

  private static Reply reply(@Nullable Fault fault) {
    return switch (fault) {
      case null -> Reply.PICTURE;
      case Fault.Slow _, Fault.DripBody _ -> Reply.PICTURE;
      case Fault.CutBody _, Fault.Rubbish _ -> Reply.BROKEN;
      case Fault.Answer _, Fault.HtmlPage _ -> Reply.ERROR;
      case Fault.Hang _, Fault.Reset _ -> Reply.NONE;
    };
  }
}
