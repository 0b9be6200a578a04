package dev.darkroom.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.messaging.KafkaHealth;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaFlowTest {
  private Instant now = Instant.parse("2026-11-29T12:00:00Z");
  private final KafkaFlow flow = new KafkaFlow(() -> now, new KafkaHealth(() -> now));

  @Test
  void nothing_is_tried_for_a_second_after_a_refusal() {
    flow.refused(new IllegalStateException("nobody there"));

    assertThat(flow.rests()).isTrue();
    now = now.plusSeconds(1);
    assertThat(flow.rests()).isFalse();
    assertThat(flow.isStalled()).isTrue();
  }

  /** Once a gateway whose way to Kafka was broken kept a due job from all others for a minute. */
  @Test
  void what_is_next_in_line_is_left_to_other_gateways_for_longer() {
    flow.refused(new IllegalStateException("nobody there"));
    now = now.plus(Duration.ofMillis(4_999));
    assertThat(flow.leavesTheLineToOthers()).isTrue();

    now = now.plusMillis(1);
    assertThat(flow.leavesTheLineToOthers()).isFalse();
  }

  @Test
  void with_the_first_acknowledgement_all_is_as_before() {
    flow.refused(new IllegalStateException("nobody there"));
    flow.acknowledged();

    assertThat(flow.rests()).isFalse();
    assertThat(flow.leavesTheLineToOthers()).isFalse();
    assertThat(flow.isStalled()).isFalse();
  }
}
