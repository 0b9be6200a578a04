package dev.darkroom.gateway.rescue;

import dev.darkroom.gateway.sweep.Sweep;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RescueConfiguration {
  @Bean
  Sweep rescueSweep(RescueStalledJobs rescue, RescueSettings settings) {
    return new Sweep("rescue-stalled-jobs", settings.sweep(), rescue::round);
  }
}
