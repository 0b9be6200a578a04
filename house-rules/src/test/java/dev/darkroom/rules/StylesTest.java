package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.StyleNames;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * The page offers the styles that workers have templates for. Gateway and worker don't see each
 * other, so the list stands in both.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class StylesTest {
  private static final Path STATIC = Project.ROOT.resolve("api-gateway/src/main/resources/static");
  private static final Pattern OFFERED =
      Pattern.compile("<input type=\"radio\" name=\"style\" value=\"([^\"]+)\"");
  private static final Pattern LISTED = Pattern.compile("'([a-z0-9-]+)',");

  @Test
  void the_page_offers_the_workers_styles_in_their_order_and_any_other() {
    var offered = found(OFFERED, Project.read(STATIC.resolve("generate.html")));
    assertThat(offered.subList(0, offered.size() - 1)).isEqualTo(templates());
    assertThat(offered).last().isEqualTo("other");
  }

  @Test
  void the_scripts_know_the_same_styles() {
    assertThat(found(LISTED, Project.read(STATIC.resolve("client/styles.js"))))
        .isEqualTo(templates());
  }

  @Test
  void gateways_know_the_same_styles() {
    assertThat(StyleNames.WITH_TEMPLATES).containsExactlyInAnyOrderElementsOf(templates());
  }

  @Test
  void each_style_has_a_small_thumbnail() {
    var thumbnails = Project.filesBelow(STATIC.resolve("styles"), ".svg");
    assertThat(thumbnails)
        .extracting(file -> file.getFileName().toString().replace(".svg", ""))
        .containsExactlyInAnyOrderElementsOf(templates());
    assertThat(thumbnails)
        .allSatisfy(file -> assertThat(Project.read(file)).hasSizeLessThan(2_000));
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }

  /** The table is its package's own. */
  private static List<String> templates() {
    try {
      var table =
          Class.forName("dev.darkroom.gateway.submit.call.StyleTemplates")
              .getDeclaredField("TABLE");
      table.setAccessible(true);
      return String.valueOf(table.get(null)).lines().map(line -> line.split(" ", 2)[0]).toList();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("StyleTemplates is not what this test knows", e);
    }
  }
}
