package dev.darkroom.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BootstrapServersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:9092", "10.0.0.7:9092", "[::1]:9092", "kafka-1.example:1", "b_1:65535"})
  void an_address_that_can_be_tried_is_taken_whoever_answers(String server) {
    assertThatCode(() -> new BootstrapServers(List.of("first:9092", server)).requireAddresses())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "localhost", ":9092", "localhost:", "localhost:0", "a:65536"})
  void one_that_can_not_is_refused_with_the_rule(String server) {
    assertThatThrownBy(() -> new BootstrapServers(List.of("first:9092", server)).requireAddresses())
        .isInstanceOfSatisfying(
            InvalidConfigurationPropertyValueException.class,
            refusal -> {
              assertThat(refusal.getName()).isEqualTo("spring.kafka.bootstrap-servers");
              assertThat(refusal.getReason()).contains("KAFKA_BOOTSTRAP_SERVERS must be host:port");
            });
  }
}
