package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.stack.*;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StartIT {
  @Test
  void it_starts() throws Exception {
    long t = System.nanoTime();
    try (var system = TestedSystem.start("start", SystemSettings.quick())) {
      System.out.println("started in " + (System.nanoTime() - t) / 1_000_000);
      system.postgres().kill();
      System.out.println("pg killed " + (System.nanoTime() - t) / 1_000_000);
      system.postgres().start();
      System.out.println("pg started " + (System.nanoTime() - t) / 1_000_000);
      system.kafka().kill();
      system.kafka().start();
      System.out.println("kafka started " + (System.nanoTime() - t) / 1_000_000);
      assertThat(system.workers()).hasSize(2);
    }
  }
}
