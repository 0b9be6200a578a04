package dev.darkroom.worker.outcome;

import dev.darkroom.worker.nebius.Providers;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BackoffSettings.class)
@Import(OutcomeReporter.class)
class OutcomeConfiguration {

  @Bean
  RetryPolicy retryPolicy(BackoffSettings backoff, RandomGenerator random, Providers providers) {
    return new RetryPolicy(new Backoff(backoff, random), providers.probeAfter());
  }
}
