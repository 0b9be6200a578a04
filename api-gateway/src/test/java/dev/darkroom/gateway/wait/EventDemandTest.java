package dev.darkroom.gateway.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventDemandTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void somebody_who_waited_a_moment_ago_keeps_the_demand_up() {
    assertThat(new EventDemand(LONG).lasts()).isTrue();
  }

  @Test
  void afterwards_nothing_is_wanted_until_somebody_comes() throws Exception {
    var demand = new EventDemand(Duration.ZERO);
    assertThat(demand.lasts()).isFalse();

    var woken =
        CompletableFuture.supplyAsync(() -> {
          try {
            demand.await(LONG);
            return true;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    demand.arise();

    assertThat(woken.get()).isTrue();
  }
}
