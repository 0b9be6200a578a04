package dev.darkroom.ledger.loop;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows the age of all sweeps as a metric. */
@Configuration(proxyBeanMethods = false)
public class LoopConfiguration {
  @Bean
  MeterBinder sweepAges(ObjectProvider<BackgroundLoop> sweeps) {
    return meters -> sweeps.forEach(sweep -> sweep.measureBy(meters));
  }
}
