package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What only the source shows. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SourcesTest {
  private static final int MAX_LINES = 400;
  private static final Pattern DESCRIBED_PACKAGE =
      Pattern.compile("/\\*\\*.+?\\*/\\s*@NullMarked\\s+package .*", Pattern.DOTALL);

  private static final List<Path> SOURCES =
      Stream.of(HouseModule.values())
          .flatMap(module -> Project.javaFiles(module.folder(), "src/main/java"))
          .toList();

  @Test
  void no_file_is_longer_than_400_lines() {
    assertThat(SOURCES).isNotEmpty().noneMatch(file -> isTooLong(Project.read(file)));
  }

  @Test
  void a_file_of_401_lines_is_refused() {
    assertThat(isTooLong("// a line\n".repeat(MAX_LINES))).isFalse();
    assertThat(isTooLong("// a line\n".repeat(MAX_LINES + 1))).isTrue();
  }

  @Test
  void every_package_says_what_it_is_for() {
    assertThat(SOURCES.stream().filter(file -> file.endsWith("package-info.java")))
        .isNotEmpty()
        .allMatch(file -> isDescribed(Project.read(file)));
  }

  @Test
  void a_package_that_does_not_is_refused() {
    assertThat(isDescribed("@NullMarked\npackage a;\n")).isFalse();
  }

  private static boolean isTooLong(String text) {
    return text.lines().count() > MAX_LINES;
  }

  private static boolean isDescribed(String text) {
    return DESCRIBED_PACKAGE.matcher(text.strip()).matches();
  }
}
