package dev.darkroom.worker.outcome;

import dev.darkroom.worker.nebius.NebiusCircuitBreaker;
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
  RetryPolicy retryPolicy(
      BackoffSettings backoff, RandomGenerator random, NebiusCircuitBreaker breaker) {
    return new RetryPolicy(new Backoff(backoff, random), breaker.probeAfter());
  }
}
