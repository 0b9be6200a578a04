package dev.darkroom.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.darkroom.rules.HouseClasses.BASE;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.fixture;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The core keeps the promises, and works without any extra. Only the gateway has extras. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CoreAndExtrasTest {
  @Test
  void no_core_package_uses_an_extra() {
    coreUsesNoExtra(BASE).check(production());
  }

  @Test
  void a_core_package_that_uses_an_extra_is_refused() {
    assertThat(complaintAbout("extras", coreUsesNoExtra(fixture("extras"))))
        .contains("extras.gateway.accept.Acceptance", "extras.gateway.extras.chart.ChartCache")
        .doesNotContain("ChartPoint");
  }

  private static ArchRule coreUsesNoExtra(String base) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(base + ".gateway.extras..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(base + ".gateway.extras..");
  }
}
