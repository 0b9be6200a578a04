package dev.darkroom.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What classes get through their constructors, and how they speak to operators. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WiringTest {
  /** They write for the person at the terminal. */
  private static final Exempt HAVE_A_CONSOLE =
      Exempt.classes(
          "dev.darkroom.local.Console",
          "dev.darkroom.gateway.extras.identity.KeyCommand",
          "dev.darkroom.simulator.SimulatorApplication",
          "dev.darkroom.benchmarks.ProgressConsole",
          "dev.darkroom.benchmarks.stand.BrokerApplication"); // reports to its parent process

  private static final ArchRule ONE_WAY_TO_LOG =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.util.logging..", "org.apache.commons.logging..", "org.apache.log4j..")
          .as("everything is logged through SLF4J");

  private static final Exempt HAVE_OTHER_IDS =
      Exempt.packages("dev.darkroom.simulator.."); // the provider's

  @Test
  void nothing_is_injected_into_fields() {
    NO_CLASSES_SHOULD_USE_FIELD_INJECTION.check(production());
  }

  @Test
  void an_injected_field_is_refused() {
    assertThat(complaintAbout("wiring", NO_CLASSES_SHOULD_USE_FIELD_INJECTION))
        .contains("wiring.ShowJob.jobs", "wiring.ShowJob.limit");
  }

  @Test
  void everything_is_logged_in_one_way() {
    ONE_WAY_TO_LOG.check(production());
  }

  @Test
  void another_way_to_log_is_refused() {
    assertThat(complaintAbout("wiring", ONE_WAY_TO_LOG))
        .contains("wiring.ShowJob", "java.util.logging.Logger");
  }

  @Test
  void only_consoles_write_to_standard_streams() {
    writesToNoStandardStream(HAVE_A_CONSOLE).check(production());
  }

  @Test
  void a_class_that_prints_is_refused() {
    assertThat(complaintAbout("wiring", writesToNoStandardStream(Exempt.NONE)))
        .contains("java.lang.System.out", "java.lang.System.err", "printStackTrace()");
  }

  @Test
  void ids_are_types() {
    idsAreTypes(HAVE_OTHER_IDS).check(production());
  }

  @Test
  void an_id_that_is_a_mere_text_is_refused() {
    assertThat(complaintAbout("wiring", idsAreTypes(Exempt.NONE)))
        .contains("wiring.ShowJob.requestId");
  }

  private static ArchRule idsAreTypes(Exempt exempt) {
    return fields()
        .that()
        .haveName("requestId")
        .and()
        .areDeclaredInClassesThat(exempt.isNot())
        .should()
        .haveRawType("dev.darkroom.model.RequestId")
        .as("ids are types");
  }

  private static ArchRule writesToNoStandardStream(Exempt exempt) {
    return noClasses().that(exempt.isNot()).should(ACCESS_STANDARD_STREAMS);
  }
}
