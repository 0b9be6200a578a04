package dev.darkroom.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WorkerSettingsTest {
  @Test
  void what_clients_are_shown_of_a_worker_names_neither_its_host_nor_its_process() {
    var id = bound(Map.of()).id();

    assertThat(id).matches("w-[0-9a-f]{10}");
    assertThat(bound(Map.of()).id()).as("that of another run").isNotEqualTo(id);
  }

  @Test
  void an_operator_may_name_it_and_two_processes_of_one_name_still_differ() {
    var named = Map.of("darkroom.worker.id", "blue-1");

    assertThat(bound(named).id()).matches("blue-1-[0-9a-f]{10}").isNotEqualTo(bound(named).id());
  }

  @Test
  void without_a_drain_of_its_own_it_is_as_long_as_a_call_may_take() {
    assertThat(bound(Map.of()).drain()).isNull();
    assertThat(bound(Map.of("darkroom.worker.drain", "5s")).drain())
        .isEqualTo(Duration.ofSeconds(5));
  }

  private static WorkerSettings bound(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("darkroom.worker", WorkerSettings.class);
  }
}
