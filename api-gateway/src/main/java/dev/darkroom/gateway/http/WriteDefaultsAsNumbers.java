package dev.darkroom.gateway.http;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.Map;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.stereotype.Component;

/** Annotations hold defaults as texts; springdoc makes integers of them, but no other numbers. */
@Component
@SuppressWarnings({"rawtypes", "unchecked"}) // as the model has them
final class WriteDefaultsAsNumbers implements GlobalOpenApiCustomizer {
  @Override
  public void customise(OpenAPI document) {
    for (Schema<?> schema : document.getComponents().getSchemas().values()) {
      Map<String, Schema> properties = schema.getProperties();
      if (properties != null) {
        properties.values().forEach(WriteDefaultsAsNumbers::inOne);
      }
    }
  }

  private static void inOne(Schema property) {
    var isNumber = property.getTypes() != null && property.getTypes().contains("number");
    if (isNumber && property.getDefault() instanceof String text) {
      property.setDefault(new BigDecimal(text));
    }
  }
}
