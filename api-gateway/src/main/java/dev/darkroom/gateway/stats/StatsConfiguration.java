package dev.darkroom.gateway.stats;

import dev.darkroom.gateway.sweep.Sweep;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StatsConfiguration {
  private static final Duration COUNT_EVERY = Duration.ofSeconds(5);

  @Bean
  Sweep countSweep(CountOpenJobs count) {
    return new Sweep("count-open-jobs", COUNT_EVERY, count::round);
  }

  @Bean
  Sweep minutesSweep(KeepMinutes minutes, StatsSettings settings) {
    return new Sweep("keep-minutes", settings.sweep(), minutes::round);
  }
}
