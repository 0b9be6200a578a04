package dev.darkroom.gateway.extras.stats;

import dev.darkroom.ledger.loop.BackgroundLoop;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StatsConfiguration {
  private static final Duration COUNT_EVERY = Duration.ofSeconds(5);

  @Bean
  BackgroundLoop countSweep(OpenJobsMonitor openJobs) {
    return new BackgroundLoop("count-open-jobs", COUNT_EVERY, openJobs::round);
  }
}
