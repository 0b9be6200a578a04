package dev.darkroom.worker;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ModularityTest {

  @Test
  void features_use_one_another_only_through_their_doors_and_never_in_circles() {
    ApplicationModules.of(WorkerApplication.class).verify();
  }
}
