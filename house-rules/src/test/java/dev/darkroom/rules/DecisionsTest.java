package dev.darkroom.rules;

import static java.util.stream.Collectors.toUnmodifiableSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Each decision names the tests that enforce it, and these exist. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DecisionsTest {
  private static final Pattern SECTION =
      Pattern.compile("^## Enforced by\\s*$(.*?)(?=^## |\\z)", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern SUPERSEDED = Pattern.compile("(?im)^\\W*status\\W+superseded");
  private static final Pattern TEST = Pattern.compile("\\b[A-Z]\\w*(?:Test|IT|Contract)\\b");

  @Test
  void each_decision_in_force_names_tests_that_exist() {
    var tests =
        Project.filesBelow(Project.ROOT, ".java").stream()
            .map(file -> String.valueOf(file.getFileName()).replace(".java", ""))
            .collect(toUnmodifiableSet());
    var decisions =
        Project.filesBelow(Project.ROOT.resolve("docs/decisions"), ".md").stream()
            .filter(file -> String.valueOf(file.getFileName()).matches("\\d{4}-.*"))
            .toList();
    assertThat(decisions).isNotEmpty();
    assertThat(decisions.stream().flatMap(file -> complaints(file, tests).stream())).isEmpty();
  }

  @Test
  void a_decision_whose_test_is_gone_is_refused() {
    var page = "# 0001 Decide\n\n## Enforced by\n`HereTest`, `GoneIT.where_it_was`.\n";
    assertThat(complaints("0001-decide.md", page, Set.of("HereTest")))
        .containsExactly("0001-decide.md is enforced by GoneIT, which does not exist");
    assertThat(complaints("0001-decide.md", "# 0001 Decide\n", Set.of()))
        .containsExactly("0001-decide.md has no section \"Enforced by\"");
    assertThat(complaints("0001-decide.md", "Status: superseded by 0002\n" + page, Set.of()))
        .isEmpty();
  }

  private static List<String> complaints(Path file, Set<String> tests) {
    return complaints(String.valueOf(file.getFileName()), Project.read(file), tests);
  }

  private static List<String> complaints(String name, String text, Set<String> tests) {
    if (SUPERSEDED.matcher(text).find()) {
      return List.of();
    }
    var section = SECTION.matcher(text);
    if (!section.find()) {
      return List.of(name + " has no section \"Enforced by\"");
    }
    return TEST.matcher(section.group(1))
        .results()
        .map(found -> found.group())
        .distinct()
        .filter(test -> !tests.contains(test))
        .map(test -> "%s is enforced by %s, which does not exist".formatted(name, test))
        .toList();
  }
}
