package dev.darkroom.rules;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** A simple name means one type in the whole repository, nested types and tests included. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class UniqueNamesTest {
  private static final Pattern TEXT_BLOCK = Pattern.compile("\"\"\".*?\"\"\"", Pattern.DOTALL);
  private static final Pattern DECLARATION =
      Pattern.compile(
          "^\\s*(?:(?:public|protected|private|static|final|abstract|sealed|non-sealed"
              + "|@\\w+(?:\\([^)\\n]*\\))?)\\s+)*"
              + "(?:class|interface|record|enum|@interface)\\s+([A-Z]\\w*)",
          Pattern.MULTILINE);
  private static final String FIXTURES = "dev/darkroom/rules/fixtures";

  private record Declaration(String name, Path file) {}

  @Test
  void no_two_types_share_a_simple_name() {
    var declarations =
        Project.filesBelow(Project.ROOT, ".java").stream()
            .filter(file -> !file.toString().contains(FIXTURES))
            .flatMap(file -> declarations(file, Project.read(file)))
            .toList();
    assertThat(declarations).hasSizeGreaterThan(500);
    assertThat(shared(declarations)).isEmpty();
  }

  @Test
  void a_nested_type_with_the_name_of_another_is_refused() {
    var one = declarations(Path.of("One.java"), "class One {\n  private record Row(int a) {}\n}");
    var two =
        declarations(Path.of("Two.java"), "/** A class Row. */\n@Bean(name = \"x\") enum Row {}");

    assertThat(shared(Stream.concat(one, two).toList())).containsExactly("Row: One.java, Two.java");
  }

  @Test
  void what_stands_in_a_text_block_is_not_a_type() {
    assertThat(declarations(Path.of("A.java"), "var s = \"\"\"\n    class B {}\n    \"\"\";"))
        .isEmpty();
  }

  private static Stream<Declaration> declarations(Path file, String text) {
    return DECLARATION
        .matcher(TEXT_BLOCK.matcher(text).replaceAll(""))
        .results()
        .map(found -> new Declaration(found.group(1), file));
  }

  private static List<String> shared(List<Declaration> declarations) {
    var byName =
        declarations.stream()
            .collect(groupingBy(Declaration::name, TreeMap::new, Collectors.toList()));
    return byName.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .map(entry ->
            entry.getKey()
                + ": "
                + entry.getValue().stream()
                    .map(declaration -> String.valueOf(declaration.file().getFileName()))
                    .sorted()
                    .collect(Collectors.joining(", ")))
        .toList();
  }
}
