package dev.darkroom.ledger;

import dev.darkroom.model.GenerationRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How requests and details stand in the ledger's jsonb columns. */
final class LedgerJson {
  private static final TypeReference<Map<String, Object>> DETAILS = new TypeReference<>() {};

  private final JsonMapper mapper;

  LedgerJson(JsonMapper mapper) {
    this.mapper = mapper;
  }

  String write(Object value) {
    return mapper.writeValueAsString(value);
  }

  GenerationRequest request(String json) {
    return mapper.readValue(json, GenerationRequest.class);
  }

  @Nullable Map<String, Object> details(@Nullable String json) {
    return json == null ? null : mapper.readValue(json, DETAILS);
  }
}
