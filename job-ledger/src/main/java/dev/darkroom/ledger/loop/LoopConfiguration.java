package dev.darkroom.ledger.loop;

import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows all background loops in metrics and health. */
@Configuration(proxyBeanMethods = false)
public class LoopConfiguration {
  @Bean
  MeterBinder loopAges(ObjectProvider<BackgroundLoop> loops) {
    return meters -> loops.forEach(loop -> loop.measureBy(meters));
  }

  /**
   * Named as health shows it. Down while a loop fails with an {@link Error}, which a restart may
   * cure. Other failures, such as those of an outage, pass by themselves: a loop that has not
   * succeeded for long is a detail.
   */
  @Bean
  HealthIndicator loops(ObjectProvider<BackgroundLoop> loops) {
    return () -> healthOf(loops.stream().toList());
  }

  static Health healthOf(List<BackgroundLoop> loops) {
    var health = Health.up();
    for (var loop : loops) {
      if (loop.isLate()) {
        health.withDetail(
            loop.name(), "no round has succeeded for %d s".formatted(loop.age().toSeconds()));
      }
      loop.error().ifPresent(error -> health.down().withDetail(loop.name(), error.toString()));
    }
    return health.build();
  }
}
