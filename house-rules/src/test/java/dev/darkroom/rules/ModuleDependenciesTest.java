package dev.darkroom.rules;

import static dev.darkroom.rules.HouseClasses.BASE;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.fixture;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ModuleDependenciesTest {
  private static final String SOURCES = "src/main/java";

  @Test
  void every_module_with_classes_has_its_row_in_the_table_of_what_it_may_use() {
    var withClasses =
        Project.modules().stream()
            .filter(module -> Project.javaFiles(module, SOURCES).findAny().isPresent());
    assertThat(withClasses)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(HouseModule.values()).map(HouseModule::folder).toList());
  }

  @ParameterizedTest
  @EnumSource
  void every_class_of_a_module_is_seen_in_the_package_of_that_module(HouseModule module) {
    var sources = Project.ROOT.resolve(module.folder()).resolve(SOURCES);
    var names =
        Project.javaFiles(module.folder(), SOURCES)
            .map(file -> sources.relativize(file).toString())
            .map(file ->
                file.substring(0, file.length() - ".java".length()).replaceAll("[/\\\\]", "."))
            .toList();
    assertThat(names)
        .isNotEmpty()
        .allSatisfy(name -> assertThat(production().contain(name)).as(name).isTrue())
        .allSatisfy(name ->
            assertThat((name + ".").startsWith(module.packages(BASE).replace("..", ".")))
                .as(name)
                .isTrue());
  }

  @Test
  void no_test_is_taken_for_production() {
    assertThat(production())
        .noneMatch(type -> type.getPackageName().startsWith("dev.darkroom.rules"));
  }

  @ParameterizedTest
  @EnumSource
  void a_module_uses_only_what_it_may(HouseModule module) {
    module.usesOnlyWhatItMay(BASE).check(production());
  }

  @ParameterizedTest
  @CsvSource({
    "API_GATEWAY, gateway.Door, worker.Hand",
    "GENERATION_WORKER, worker.Hand, gateway.Door",
    "NEBIUS_SIMULATOR, simulator.Stand, model.Word",
    "SHARED_MODEL, model.Word, ledger.Book",
    "LOCAL_STACK, local.Stack, testservers.Container"
  })
  void a_module_that_uses_another_than_it_may_is_refused(
      HouseModule module, String user, String used) {
    assertThat(complaintAbout("modules", module.usesOnlyWhatItMay(fixture("modules"))))
        .contains("<" + fixture("modules." + user) + ".", "<" + fixture("modules." + used) + ">");
  }

  @Test
  void the_wire_contract_needs_nothing_but_the_JDK_and_annotations() {
    contractNeedsOnlyAnnotations(BASE).check(production());
  }

  @Test
  void a_wire_contract_that_needs_a_framework_is_refused() {
    assertThat(complaintAbout("modules", contractNeedsOnlyAnnotations(fixture("modules"))))
        .contains("modules.model.Word", "org.springframework.util.StringUtils");
  }

  private static ArchRule contractNeedsOnlyAnnotations(String base) {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(HouseModule.SHARED_MODEL.packages(base))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "com.fasterxml.jackson.annotation..",
            "org.jspecify.annotations..",
            HouseModule.SHARED_MODEL.packages(base));
  }
}
