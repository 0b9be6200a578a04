package dev.darkroom.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PomsTest {
  private static final Pom BAD =
      Pom.of(
          "bad/pom.xml",
          """
          <project>
            <properties><gadget.version>1.0</gadget.version><idle.version>2</idle.version></properties>
            <dependencyManagement><dependencies>
              <dependency><artifactId>gadget</artifactId><version>${gadget.version}</version></dependency>
              <dependency><artifactId>spring-boot-dependencies</artifactId></dependency>
            </dependencies></dependencyManagement>
            <dependencies>
              <dependency><artifactId>widget</artifactId><version>1.2.3</version></dependency>
              <dependency><artifactId>lombok</artifactId></dependency>
              <dependency>
                <groupId>dev.darkroom</groupId><artifactId>test-servers</artifactId>
              </dependency>
            </dependencies>
            <build><plugins>
              <plugin>
                <artifactId>welder</artifactId><version>4</version>
                <configuration><version>[25,)</version></configuration>
              </plugin>
            </plugins></build>
          </project>
          """);

  @Test
  void numbers_of_versions_stand_in_the_properties_of_the_parent_and_nowhere_else() {
    assertThat(all().flatMap(pom -> pom.numberedVersions().stream())).isEmpty();
    assertThat(Pom.ofModules()).allSatisfy(pom -> assertThat(pom.versionProperties()).isEmpty());
  }

  @Test
  void a_pom_with_a_version_of_its_own_is_refused() {
    assertThat(BAD.numberedVersions())
        .containsExactly("bad/pom.xml: widget", "bad/pom.xml: welder");
    assertThat(BAD.versionProperties()).contains("gadget.version");
  }

  /** Releases that mend what is known to be exploitable, and came after Spring Boot's own. */
  private static final Set<String> MENDED =
      Set.of("tomcat-embed-core", "tomcat-embed-el", "tomcat-embed-websocket");

  /** What stands before it would win over the versions that Spring Boot was tested with. */
  @Test
  void the_versions_of_Spring_Boot_come_first() {
    assertThat(Pom.parent().managed().stream().filter(name -> !MENDED.contains(name)))
        .startsWith("spring-boot-dependencies");
    assertThat(BAD.managed()).doesNotContain("welder").startsWith("gadget");
  }

  @Test
  void every_version_is_used() {
    var used = all().flatMap(pom -> pom.usedProperties().stream()).toList();
    assertThat(unused(Pom.parent(), used)).isEmpty();
    assertThat(unused(BAD, BAD.usedProperties())).containsExactly("idle.version");
  }

  @ParameterizedTest
  @EnumSource
  void a_pom_brings_only_those_modules_that_the_classes_may_use(HouseModule module) {
    var name = module.folder() + "/pom.xml";
    var pom =
        Pom.ofModules().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    assertThat(forbidden(module, pom)).isEmpty();
  }

  @Test
  void a_pom_that_brings_the_servers_of_tests_into_production_is_refused() {
    assertThat(forbidden(HouseModule.API_GATEWAY, BAD)).containsExactly("test-servers");
  }

  @Test
  void nobody_brings_Lombok_or_a_mocking_library() {
    assertThat(all().flatMap(pom -> unwanted(pom).stream())).isEmpty();
    assertThat(unwanted(BAD)).containsExactly("lombok");
  }

  private static Stream<Pom> all() {
    return Stream.concat(Stream.of(Pom.parent()), Pom.ofModules().stream());
  }

  private static List<String> unused(Pom pom, Collection<String> used) {
    return pom.versionProperties().stream().filter(name -> !used.contains(name)).toList();
  }

  private static List<String> unwanted(Pom pom) {
    return pom.artifacts().stream()
        .filter(name -> name.contains("lombok") || name.contains("mock"))
        .toList();
  }

  private static List<String> forbidden(HouseModule module, Pom pom) {
    var allowed = module.mayUse().stream().map(HouseModule::folder).toList();
    return pom.modulesOfOursInProduction().stream()
        .filter(name -> !allowed.contains(name))
        .toList();
  }
}
