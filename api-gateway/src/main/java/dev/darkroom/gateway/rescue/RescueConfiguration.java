package dev.darkroom.gateway.rescue;

import dev.darkroom.gateway.sweep.Sweep;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RescueConfiguration {
  private static final Duration COUNT_EVERY = Duration.ofSeconds(5);

  @Bean
  Sweep rescueSweep(RescueStalledJobs rescue, RescueSettings settings) {
    return new Sweep("rescue-stalled-jobs", settings.sweep(), rescue::round);
  }

  @Bean
  Sweep countSweep(CountOpenJobs count) {
    return new Sweep("count-open-jobs", COUNT_EVERY, count::round);
  }
}
