package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.core.Violations;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ModulesTest {
  @Test
  void features_use_each_other_through_their_doors_and_in_one_direction() {
    var modules = ApplicationModules.of(GatewayApplication.class);
    assertThat(modules.stream().map(module -> module.getIdentifier().toString()))
        .containsExactlyInAnyOrder(
            "access",
            "dispatch",
            "extras",
            "group",
            "http",
            "limit",
            "model",
            "picture",
            "provider",
            "rescue",
            "submit",
            "wait");
    modules.verify();
  }

  @Test
  void two_features_that_need_each_other_are_refused() {
    var modules =
        ApplicationModules.of("dev.darkroom.badexample", new ImportOption.OnlyIncludeTests());
    assertThatThrownBy(modules::verify)
        .isInstanceOf(Violations.class)
        .hasMessageContaining("Cycle detected");
  }
}
