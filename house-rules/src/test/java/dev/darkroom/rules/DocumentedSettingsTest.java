package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * docs/operations.md lists every setting and every metric, and no others. Tables with a column
 * "default" are of settings; the others, as far as they begin with names of ours, of metrics.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DocumentedSettingsTest {
  private static final Path OPERATIONS = Project.ROOT.resolve("docs").resolve("operations.md");
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";
  private static final String DEFAULT = "default";
  private static final Pattern METRIC =
      Pattern.compile(
          "\\b(?:builder|counter|gauge|summary|timer)\\(\\s*(?:\\w+,\\s*)?\"(darkroom(?:\\.[a-z]+)+)\"");

  @Test
  void every_setting_is_documented_with_its_default() throws IOException {
    assertThat(differences(settingsInCode(), settingsOn(operations()))).isEmpty();
  }

  @Test
  void every_metric_is_documented() {
    var registered =
        Stream.of(HouseModule.values())
            .flatMap(module -> Project.javaFiles(module.folder(), "src/main/java"))
            .flatMap(file -> metricsIn(Project.read(file)))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(metricsOn(operations())).isEqualTo(registered);
  }

  @Test
  void the_settings_of_all_modules_are_seen() throws IOException {
    assertThat(settingsInCode())
        .containsEntry("darkroom.picture.max-bytes", "20MB")
        .containsEntry("darkroom.worker.id", "")
        .containsEntry("darkroom.local.simulator-latency", "1500ms")
        .containsKeys("darkroom.picture.serve", "darkroom.nebius.timeout");
  }

  @Test
  void a_page_that_differs_from_the_code_is_found() {
    var page =
        new MarkdownPage(
            OPERATIONS,
            """
            | Setting | Default | What |
            | --- | --- | --- |
            | `darkroom.kept` | `1s` | the same |
            | `darkroom.changed` | `2s` (was less) | another default |
            | `darkroom.empty` | – | none |
            | `darkroom.model` | `MODEL` | the variable's |
            | `MODEL` | `sdxl` | not a setting |
            | `darkroom.gone` | `3` | not in the code |
            | `server.port` | `8080` | not ours |

            | Metric | What |
            | --- | --- |
            | `darkroom.attempts` | how they ended |
            | `http.server.requests` | not ours |
            """);
    var code =
        Map.of(
            "darkroom.kept",
            "1s",
            "darkroom.changed",
            "1s",
            "darkroom.empty",
            "",
            "darkroom.new",
            "5",
            "darkroom.model",
            "sdxl");

    assertThat(differences(code, settingsOn(page)))
        .containsExactly(
            "darkroom.changed has the default 1s, not 2s",
            "darkroom.gone is documented, but there is no such setting",
            "darkroom.new is not documented");
    assertThat(metricsOn(page)).containsExactly("darkroom.attempts");
  }

  @Test
  void metrics_are_found_however_they_are_registered() {
    assertThat(
            metricsIn(
                """
                meters.timer("darkroom.attempts", "outcome", "a");
                Gauge.builder(
                    "darkroom.worker.jobs", this, Count::size).register(meters);
                gauge(meters, "darkroom.jobs.waiting", "Jobs that wait");
                settings.put("darkroom.worker.drain", "3s");
                """))
        .containsExactly("darkroom.attempts", "darkroom.worker.jobs", "darkroom.jobs.waiting");
  }

  private static Stream<String> metricsIn(String source) {
    return METRIC.matcher(source).results().map(found -> found.group(1));
  }

  private static MarkdownPage operations() {
    return new MarkdownPage(OPERATIONS, Project.read(OPERATIONS));
  }

  /** A default that is a variable of the environment stands for the default of that. */
  private static Map<String, String> settingsOn(MarkdownPage page) {
    var defaults = new TreeMap<String, String>();
    for (var table : page.tables()) {
      for (var row : table.rows()) {
        if (table.has(DEFAULT)) {
          defaults.put(
              MarkdownPage.code(row.getFirst()), MarkdownPage.code(table.cell(row, DEFAULT)));
        }
      }
    }
    var settings = new TreeMap<String, String>();
    defaults.forEach((name, value) -> {
      if (name.startsWith("darkroom.")) {
        settings.put(name, defaults.getOrDefault(value, value));
      }
    });
    return settings;
  }

  private static Set<String> metricsOn(MarkdownPage page) {
    return page.tables().stream()
        .filter(table -> !table.has(DEFAULT))
        .flatMap(table -> table.rows().stream())
        .map(row -> MarkdownPage.code(row.getFirst()))
        .filter(name -> name.startsWith("darkroom."))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** By name, with the default; blank where the default is none, or empty. */
  private static Map<String, String> settingsInCode() throws IOException {
    var settings = new TreeMap<String, String>();
    var loader = DocumentedSettingsTest.class.getClassLoader();
    for (var metadata : Collections.list(loader.getResources(METADATA))) {
      try (var stream = metadata.openStream()) {
        for (var property : JsonMapper.shared().readTree(stream).path("properties")) {
          var name = property.path("name").asString("");
          var source = property.path("sourceType").asString("");
          if (name.startsWith("darkroom.") && HouseClasses.production().contain(source)) {
            settings.merge(
                name,
                text(property.path("defaultValue")),
                (one, other) -> one.equals(other) ? one : one + " or " + other);
          }
        }
      }
    }
    settings.putAll(settingsOfLocalStack());
    return settings;
  }

  /** They are bound before there is an application, so there is no metadata of them. */
  private static Map<String, String> settingsOfLocalStack() {
    var settings = new TreeMap<String, String>();
    var type = HouseClasses.production().get("dev.darkroom.local.LocalSettings").reflect();
    for (var setting : type.getDeclaredConstructors()[0].getParameters()) {
      var value = setting.getAnnotation(DefaultValue.class);
      var name = setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
      settings.put("darkroom.local." + name, value == null ? "" : String.join(",", value.value()));
    }
    return settings;
  }

  private static String text(JsonNode value) {
    return value.isValueNode() ? value.asString("") : "";
  }

  private static List<String> differences(Map<String, String> code, Map<String, String> page) {
    var names = new TreeSet<>(code.keySet());
    names.addAll(page.keySet());
    var differences = new ArrayList<String>();
    for (var name : names) {
      var real = code.get(name);
      var said = page.get(name);
      if (real == null) {
        differences.add(name + " is documented, but there is no such setting");
      } else if (said == null) {
        differences.add(name + " is not documented");
      } else if (!real.isEmpty() && !real.equals(said)) {
        differences.add("%s has the default %s, not %s".formatted(name, real, said));
      }
    }
    return differences;
  }
}
