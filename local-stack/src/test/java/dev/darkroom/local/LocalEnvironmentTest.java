package dev.darkroom.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LocalEnvironmentTest {
  @Test
  void only_who_asks_for_it_begins_afresh() throws IOException {
    assertThat(LocalEnvironment.read().settings().fresh()).isFalse();
    assertThat(LocalEnvironment.read("--fresh").settings().fresh()).isTrue();
    assertThat(LocalEnvironment.read("--fresh=true").settings().fresh()).isTrue();
    assertThat(LocalEnvironment.read("--fresh=false").settings().fresh()).isFalse();
  }

  @Test
  void what_is_neither_yes_nor_no_deletes_nothing() throws IOException {
    var environment = LocalEnvironment.read("--fresh=perhaps");
    assertThatThrownBy(environment::settings)
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("darkroom.local.fresh");
  }
}
