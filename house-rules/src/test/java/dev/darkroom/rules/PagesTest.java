package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What pages say about files. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PagesTest {
  private static final Pattern VARIABLE =
      Pattern.compile("^#?\\s?([A-Z][A-Z0-9_]*)=", Pattern.MULTILINE);

  @Test
  void links_between_pages_and_files_lead_somewhere() {
    assertThat(MarkdownPage.all()).isNotEmpty();
    assertThat(MarkdownPage.all().stream().flatMap(page -> page.deadLinks().stream())).isEmpty();
  }

  @Test
  void a_dead_link_is_found() {
    var page =
        new MarkdownPage(
            Project.ROOT.resolve("docs").resolve("page.md"),
            """
            [Alive](../pom.xml#versions), [outside](https://example.org/x.md), [here](#top),
            [dead](gone.md "Gone"), ![dead](gone.png), `[no](link.md)`
            <img src="gone.svg" alt="">

            ```
            [no](link.md)
            ```

            [ref]: gone-too.md
            """);
    assertThat(page.deadLinks())
        .containsExactlyInAnyOrder(
            "page.md links to gone.md",
            "page.md links to gone.png",
            "page.md links to gone.svg",
            "page.md links to gone-too.md");
  }

  @Test
  void the_example_of_an_environment_names_the_variables_of_the_contract_and_no_others() {
    assertThat(variables(Project.read(Project.ROOT.resolve(".env.example"))))
        .containsExactlyInAnyOrder(
            "NEBIUS_API_KEY",
            "NEBIUS_API_ENDPOINT",
            "NEBIUS_MODEL",
            "DATABASE_URL",
            "KAFKA_BOOTSTRAP_SERVERS",
            "SUPABASE_URL",
            "SUPABASE_PUBLIC_KEY");
  }

  @Test
  void a_variable_is_found_whether_it_is_set_or_not() {
    assertThat(variables("# Words, with A=B inside\n#ONE=\nTWO=2\n# THREE=3\n"))
        .containsExactly("ONE", "TWO", "THREE");
  }

  private static List<String> variables(String text) {
    return VARIABLE.matcher(text).results().map(found -> found.group(1)).toList();
  }
}
