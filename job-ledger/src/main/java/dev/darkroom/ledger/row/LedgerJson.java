package dev.darkroom.ledger.row;

import dev.darkroom.model.GenerationRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;

/** Reads and writes requests and details in jsonb columns. */
public final class LedgerJson {
  private static final TypeReference<Map<String, Object>> DETAILS = new TypeReference<>() {};
  private static final TypeReference<Map<String, Long>> COUNTS = new TypeReference<>() {};

  private final JsonMapper mapper;

  public LedgerJson(JsonMapper mapper) {
    this.mapper = mapper.rebuild().addModule(new StorableTexts()).build();
  }

  public String write(Object value) {
    return mapper.writeValueAsString(value);
  }

  public <T> T read(String json, Class<T> type) {
    return mapper.readValue(json, type);
  }

  public GenerationRequest request(String json) {
    return mapper.readValue(json, GenerationRequest.class);
  }

  public Map<String, Long> counts(@Nullable String json) {
    return json == null ? Map.of() : mapper.readValue(json, COUNTS);
  }

  public @Nullable Map<String, Object> details(@Nullable String json) {
    if (json == null || json.equals("null")) {
      return null;
    }
    // rows of the service that Darkroom replaces may hold any JSON
    var details = mapper.readTree(json);
    return details.isObject()
        ? mapper.convertValue(details, DETAILS)
        : Map.of("value", mapper.convertValue(details, Object.class));
  }

  /** Removes characters that PostgreSQL refuses, anywhere in the details. */
  private static final class StorableTexts extends SimpleModule {
    StorableTexts() {
      addSerializer(String.class, new StorableText());
    }
  }

  private static final class StorableText extends StdScalarSerializer<String> {
    StorableText() {
      super(String.class);
    }

    @Override
    public void serialize(String text, JsonGenerator json, SerializationContext context) {
      json.writeString(Columns.storable(text));
    }
  }
}
