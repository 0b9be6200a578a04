package dev.darkroom.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.messaging.KafkaHealth;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProducerHealthTest {
  private long nanos;
  private final ProducerHealth producerHealth =
      new ProducerHealth(new KafkaHealth(() -> Instant.EPOCH), () -> nanos);

  @Test
  void before_the_first_failure_all_is_tried() {
    assertThat(producerHealth.isPaused()).isFalse();
    assertThat(producerHealth.isLeftToOthers()).isFalse();
  }

  @Test
  void nothing_is_tried_for_a_second_after_a_failure() {
    producerHealth.failed(new IllegalStateException("nobody there"));

    assertThat(producerHealth.isPaused()).isTrue();
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(producerHealth.isPaused()).isFalse();
    assertThat(producerHealth.isStalled()).isTrue();
  }

  /** Once a gateway without a connection to Kafka kept a due job from all others for a minute. */
  @Test
  void what_is_next_in_line_is_left_to_other_gateways_for_longer() {
    producerHealth.failed(new IllegalStateException("nobody there"));
    nanos += Duration.ofMillis(4_999).toNanos();
    assertThat(producerHealth.isLeftToOthers()).isTrue();

    nanos += Duration.ofMillis(1).toNanos();
    assertThat(producerHealth.isLeftToOthers()).isFalse();
  }

  @Test
  void with_the_first_acknowledgement_all_is_as_before() {
    producerHealth.failed(new IllegalStateException("nobody there"));
    producerHealth.acknowledged();

    assertThat(producerHealth.isPaused()).isFalse();
    assertThat(producerHealth.isLeftToOthers()).isFalse();
    assertThat(producerHealth.isStalled()).isFalse();
  }
}
