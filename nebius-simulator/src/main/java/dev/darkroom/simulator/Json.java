package dev.darkroom.simulator;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.simulator.http.ResponseDelivery;
import dev.darkroom.simulator.http.SimulatorResponse;
import java.util.Map;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON in and out: fields that are null are left out, and an unknown one is an error, since it is a
 * typing mistake.
 */
final class Json {
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              always -> always.withValueInclusion(JsonInclude.Include.NON_NULL))
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  static SimulatorResponse reply(int status, Object body) {
    return SimulatorResponse.of(status, "application/json", MAPPER.writeValueAsBytes(body));
  }

  static ResponseDelivery answer(int status, Object body) {
    return new ResponseDelivery.Whole(reply(status, body));
  }

  /** An error in Nebius's form: {@code detail} is a sentence, or a list of violations. */
  static ResponseDelivery error(int status, Object detail) {
    return answer(status, Map.of("detail", detail));
  }
}
