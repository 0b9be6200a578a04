package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What decisions 0008 and 0027 ask of files that no compiler reads. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BuildFilesTest {
  @Test
  void ci_builds_with_the_wrapper_and_so_checks_the_format() {
    assertThat(Project.read(Project.ROOT.resolve(".ci/run"))).containsPattern("\\./mvnw .*verify");
    assertThat(Project.read(Project.ROOT.resolve("pom.xml")))
        .containsPattern("(?s)spotless-maven-plugin.*<goal>check</goal>");
  }

  @Test
  void images_are_built_with_a_cache_and_started_with_it() {
    assertThat(Project.read(Project.ROOT.resolve("deploy/Dockerfile")))
        .contains("-XX:AOTCacheOutput=application.aot", "-XX:AOTCache=/darkroom/application.aot");
    assertThat(Project.read(Project.ROOT.resolve("docker-compose.yml")))
        .contains("-XX:AOTCache=/darkroom/application.aot");
  }
}
