package dev.darkroom.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Packages are features, and types are named by the field's nouns. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NamesTest {
  private static final ArchRule NO_LAYERS =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..api..",
              "..common..",
              "..config..",
              "..configuration..",
              "..controller..",
              "..controllers..",
              "..core..",
              "..dao..",
              "..domain..",
              "..dto..",
              "..entity..",
              "..exception..",
              "..exceptions..",
              "..helper..",
              "..helpers..",
              "..impl..",
              "..infrastructure..",
              "..internal..",
              "..manager..",
              "..misc..",
              "..repository..",
              "..repositories..",
              "..service..",
              "..services..",
              "..util..",
              "..utils..")
          .as("packages are features, never layers");

  private static final ArchRule NO_EMPTY_NAMES =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Helper|Impl|Utils?)(\\$.*)?")
          .as("types are named by the field's nouns");

  /** The simulator's latency and faults change while it runs. */
  private static final Exempt MUTABLE = Exempt.packages("dev.darkroom.simulator..");

  @Test
  void packages_are_features_never_layers() {
    NO_LAYERS.check(production());
  }

  @Test
  void a_layer_is_refused() {
    assertThat(complaintAbout("layers", NO_LAYERS)).contains("layers.service.PictureManager");
  }

  @Test
  void no_class_is_a_manager_helper_or_implementation() {
    NO_EMPTY_NAMES.check(production());
  }

  @Test
  void a_manager_is_refused() {
    assertThat(complaintAbout("layers", NO_EMPTY_NAMES))
        .contains("layers.service.PictureManager", "PictureManager$SizeUtil");
  }

  @Test
  void there_are_no_setters() {
    noSetters(MUTABLE).check(production());
  }

  @Test
  void a_setter_is_refused() {
    assertThat(complaintAbout("layers", noSetters(Exempt.NONE)))
        .contains("PictureManager.setSize(int)");
  }

  private static ArchRule noSetters(Exempt exempt) {
    return noMethods()
        .that()
        .areDeclaredInClassesThat(exempt.isNot())
        .should()
        .haveNameMatching("set[A-Z].*")
        .as("objects are immutable: no setters");
  }
}
