package dev.darkroom.gateway.sweep;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows the age of all sweeps as a metric. */
@Configuration(proxyBeanMethods = false)
class SweepConfiguration {
  @Bean
  MeterBinder sweepAges(ObjectProvider<Sweep> sweeps) {
    return meters -> sweeps.forEach(sweep -> sweep.measureBy(meters));
  }
}
