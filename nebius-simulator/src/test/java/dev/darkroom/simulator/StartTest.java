package dev.darkroom.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class StartTest {
  @Test
  void the_base_uri_is_what_a_client_on_this_machine_needs() throws Exception {
    try (var simulator = NebiusSimulator.start(SimulatorSettings.defaults().withHost("0.0.0.0"))) {
      assertThat(simulator.baseUri())
          .hasToString("http://127.0.0.1:%d/v1/".formatted(simulator.port()));
    }
  }

  @Test
  void a_taken_port_is_a_bind_exception() throws Exception {
    try (var first = NebiusSimulator.start(SimulatorSettings.defaults())) {
      var second = SimulatorSettings.defaults().withPort(first.port());

      assertThatThrownBy(() -> NebiusSimulator.start(second)).isInstanceOf(BindException.class);
    }
  }

  @Test
  void a_closed_simulator_frees_its_port_at_once() throws Exception {
    var first = NebiusSimulator.start(SimulatorSettings.defaults());
    int port = first.port();
    try (var client = new TestingClient(first)) {
      assertThat(client.generate("a fox").statusCode()).isEqualTo(200);
      first.close();
    }

    try (var second = NebiusSimulator.start(SimulatorSettings.defaults().withPort(port))) {
      assertThat(second.port()).isEqualTo(port);
    }
  }

  @Test
  void a_host_without_an_address_is_named() {
    var settings = SimulatorSettings.defaults().withHost("nowhere.invalid");

    assertThatThrownBy(() -> NebiusSimulator.start(settings))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("nowhere.invalid");
  }

  @Test
  void the_command_line_wins_over_the_environment_and_that_over_the_defaults() {
    var environment =
        Map.of("SIMULATOR_PORT", "1", "SIMULATOR_LATENCY", "800ms", "SIMULATOR_API_KEY", " ");

    var settings =
        StartOptions.read(
            List.of("--port=2", "--jitter=1.5s", "--models=a, b", "--requests-per-minute=60"),
            environment);

    assertThat(settings.port()).isEqualTo(2);
    assertThat(settings.latency())
        .isEqualTo(new Latency(Duration.ofMillis(800), Duration.ofMillis(1500)));
    assertThat(settings.models()).containsExactly("a", "b");
    assertThat(settings.apiKey()).isNull();
    assertThat(settings.quota()).isEqualTo(QuotaRules.perMinute(60));
    assertThat(settings.host()).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--port=x      | port must be a number from 0 to 65535, not 'x'",
        "--port=65536  | port must be 0 to 65535, not 65536",
        "--latency=2   | latency must be a time such as 1.5s, 800ms or PT1.5S, not '2'",
        "--jitter=-1s  | jitter must be a time such as 1.5s, 800ms or PT1.5S, not '-1s'",
        "--latency=PT-1S | latency and jitter cannot be negative",
        "--seed=?      | seed must be a whole number, not '?'",
        "--models=a,,b | models must name at least one model, and none may be blank",
        "--requests-per-minute=0 | requests-per-minute must be a whole number from 1, not '0'",
        "--api-key=    | the API key must not be blank; leave it out to accept any",
        "--prot=1      | unknown option '--prot=1'; the options are --NAME=VALUE with these names:"
            + " api-key, host, jitter, latency, models, port, requests-per-minute, seed"
      })
  void a_bad_option_is_told_in_a_sentence(String argument, String sentence) {
    assertThatThrownBy(() -> StartOptions.read(List.of(argument), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
  }
}
