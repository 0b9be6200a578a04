package dev.darkroom.ledger.loop;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
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

  /** Named as health shows it. */
  @Bean
  HealthIndicator loops(ObjectProvider<BackgroundLoop> loops) {
    return new LoopHealth(loops);
  }
}
