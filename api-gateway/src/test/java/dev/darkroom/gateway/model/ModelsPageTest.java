package dev.darkroom.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.model.ImageModel.NumberRange;
import dev.darkroom.gateway.submit.call.CallParameters;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.Lora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * What docs/models.md says of the built-in models is so. With {@code -Ddarkroom.write-docs=true} it
 * is written there.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ModelsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "models.md");

  private static final GenerationRequest REQUEST =
      new GenerationRequest(
          "a fox",
          "people",
          0.7,
          1,
          "sketch",
          1024,
          768,
          7,
          null,
          List.of(new Lora("https://example.com/ink.safetensors", 0.8)));

  @Test
  void the_tables_of_the_page_are_those_of_the_code() throws IOException {
    var page = Files.readString(PAGE);
    var tables = Map.of("models", descriptions(), "bodies", bodies());
    var renewed = page;
    for (var table : tables.entrySet()) {
      renewed = renewed(renewed, table.getKey(), table.getValue());
    }
    if (Boolean.getBoolean("darkroom.write-docs")) {
      Files.writeString(PAGE, renewed);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(renewed);
  }

  private static String renewed(String page, String name, String table) {
    var between =
        Pattern.compile(
            "(<!-- %s -->\n).*?(<!-- end of %s -->)".formatted(name, name), Pattern.DOTALL);
    assertThat(page).containsPattern(between);
    return between.matcher(page).replaceFirst("$1" + Matcher.quoteReplacement(table) + "$2");
  }

  private static String descriptions() {
    var properties = new LinkedHashMap<String, Function<ImageModel, Object>>();
    properties.put("steps", model -> range(model.steps()));
    properties.put("sides", model -> range(model.sides()));
    properties.put("multiple", ImageModel::multiple);
    properties.put(
        "default-size", model -> model.defaultSize().width() + "x" + model.defaultSize().height());
    properties.put("longest-prompt", ImageModel::longestPrompt);
    properties.put("negative-prompt", ImageModel::negativePrompt);
    properties.put("loras", ImageModel::loras);
    return table("property", properties);
  }

  private static String range(NumberRange range) {
    return range.least() + "-" + range.most();
  }

  /** Every field that any of them is sent, in the order in which it is. */
  private static String bodies() {
    var fields = new LinkedHashMap<String, Function<ImageModel, Object>>();
    CallParameters.of(REQUEST, BuiltInModels.describe("stability-ai/sdxl"))
        .sent()
        .keySet()
        .forEach(field ->
            fields.put(field, model -> json(CallParameters.of(REQUEST, model).sent().get(field))));
    return table("field", fields);
  }

  private static String json(@Nullable Object value) {
    return value == null ? "" : JsonMapper.shared().writeValueAsString(value);
  }

  private static String table(String heading, Map<String, Function<ImageModel, Object>> rows) {
    var models = BuiltInModels.all();
    var head = models.stream().map(ImageModel::name);
    var lines =
        rows.entrySet().stream()
            .map(row -> line(row.getKey(), models.stream().map(row.getValue())));
    return "| %s |%s\n|%s\n%s"
        .formatted(
            heading,
            cells(head),
            " --- |".repeat(models.size() + 1),
            lines.collect(Collectors.joining()));
  }

  private static String line(String name, Stream<Object> values) {
    return "| `%s` |%s\n".formatted(name, cells(values));
  }

  private static String cells(Stream<?> values) {
    return values
        .map(String::valueOf)
        .map(value -> value.isEmpty() ? " – |" : " `%s` |".formatted(value))
        .collect(Collectors.joining());
  }
}
