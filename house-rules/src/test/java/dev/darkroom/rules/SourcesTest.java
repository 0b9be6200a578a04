package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules about what only the source shows. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SourcesTest {
  private static final int MOST_LINES = 400;
  private static final Pattern ROOM_SAID =
      Pattern.compile("/\\*\\*.+?\\*/\\s*@NullMarked\\s+package .*", Pattern.DOTALL);

  private static final List<SourceFile> MAIN = SourceFile.all("src/main/java");

  @Test
  void sql_is_never_put_together_from_pieces() {
    assertThat(MAIN).anyMatch(file -> file.text().contains(".sql("));
    assertThat(MAIN.stream().flatMap(file -> FindPiecedSql.in(file).stream())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs.sql(\"select 1 where id = \" + id)",
        "jobs.sql(\"select 1 where id = %s\".formatted(id))",
        "jobs.sql(String.format(\"select 1 where id = %s\", id))",
        "jobs.sql(new StringBuilder(\"select 1 where id = \").append(id).toString())",
        "jobs.sql(id)",
        "jobs.sql(WHERE)",
        "ask(\"update jobs set id = \" + id)",
        "passOn(id)"
      })
  void sql_in_pieces_is_refused(String call) {
    assertThat(FindPiecedSql.in(asking(call))).isNotEmpty().allMatch(said -> said.contains("SQL"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs.sql(\"select 1 where id = :id\")",
        "jobs.sql(id.isEmpty() ? \"select 1\" : \"select 2\")",
        "jobs.sql(WHOLE)",
        "log.info(\"with \" + id)"
      })
  void whole_sql_is_accepted(String call) {
    assertThat(FindPiecedSql.in(asking(call))).isEmpty();
  }

  @Test
  void no_class_is_longer_than_a_reader_can_bear() {
    assertThat(MAIN).allMatch(file -> !tooLong(file.text()));
    assertThat(tooLong("// a line\n".repeat(MOST_LINES))).isFalse();
    assertThat(tooLong("// a line\n".repeat(MOST_LINES + 1))).isTrue();
  }

  @Test
  void every_package_says_what_it_is_for() {
    var rooms = MAIN.stream().filter(file -> file.name().endsWith("package-info.java")).toList();
    assertThat(rooms).isNotEmpty().allMatch(file -> saysWhatForItIs(file.text()));
    assertThat(saysWhatForItIs("@NullMarked\npackage a;\n")).isFalse();
  }

  @Test
  void nobody_uses_Lombok_and_nobody_signs() {
    assertThat(MAIN.stream().flatMap(file -> unwanted(file).stream())).isEmpty();
  }

  @Test
  void a_class_made_by_Lombok_and_signed_is_refused() {
    var bad =
        SourceFile.of(
            "Job.java",
            """
            import lombok.Data;
            /** @author somebody */
            @Data class Job {}
            """);
    assertThat(unwanted(bad)).containsExactly("Job.java: lombok.Data", "Job.java: @author");
  }

  private static SourceFile asking(String call) {
    return SourceFile.of(
        "Ask.java",
        """
        final class Ask {
          private static final String WHOLE = "select 1";
          private static final String WHERE = Texts.where();

          private void passOn(String sql) {
            jobs.sql(sql);
          }

          Object ask(String id) {
            return %s;
          }

          void fine() {
            %s
          }
        }
        """
            .formatted(call, call.startsWith("passOn") ? "" : "passOn(\"select 2\");"));
  }

  private static boolean tooLong(String text) {
    return text.lines().count() > MOST_LINES;
  }

  private static boolean saysWhatForItIs(String text) {
    return ROOM_SAID.matcher(text.strip()).matches();
  }

  private static List<String> unwanted(SourceFile file) {
    return Stream.concat(
            file.imports().filter(name -> name.startsWith("lombok.")),
            Stream.of("@author").filter(sign -> file.text().contains(sign)))
        .map(what -> file.name() + ": " + what)
        .toList();
  }
}
