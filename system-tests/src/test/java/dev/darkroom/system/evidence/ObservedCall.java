package dev.darkroom.system.evidence;

import dev.darkroom.simulator.Fault;
import dev.darkroom.simulator.SimulatedCall;
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
public record ObservedCall(
    long number,
    Instant arrivedAt,
    Map<String, Object> parameters,
    SimulatorReply reply,
    @Nullable Integer status,
    boolean billed) {
  public ObservedCall {
    parameters = Map.copyOf(parameters);
  }

  /** How the provider answered; whether the answer arrived is another matter. */
  public enum SimulatorReply {
    PICTURE,
    /** 200, and no whole picture. */
    BROKEN,
    ERROR,
    NONE
  }

  static ObservedCall of(SimulatedCall call) {
    return new ObservedCall(
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

  private static Map<String, Object> parameters(SimulatedCall call) {
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

  private static SimulatorReply reply(@Nullable Fault fault) {
    return switch (fault) {
      case null -> SimulatorReply.PICTURE;
      case Fault.Slow _, Fault.DripBody _ -> SimulatorReply.PICTURE;
      case Fault.CutBody _, Fault.Rubbish _ -> SimulatorReply.BROKEN;
      case Fault.ErrorAnswer _, Fault.HtmlPage _ -> SimulatorReply.ERROR;
      case Fault.Hang _, Fault.ConnectionReset _ -> SimulatorReply.NONE;
    };
  }
}
