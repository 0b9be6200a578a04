package dev.darkroom.gateway.rescue;

import dev.darkroom.ledger.loop.BackgroundLoop;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RescueConfiguration {
  @Bean
  BackgroundLoop jobRescuerLoop(JobRescuer rescuer, RescueSettings settings) {
    return new BackgroundLoop("rescue-stalled-jobs", settings.sweep(), rescuer::round);
  }
}
