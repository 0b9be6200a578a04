package dev.darkroom.gateway.submit;

import dev.darkroom.ledger.jobs.RetentionStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SubmitConfiguration {
  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
  private static final int KEYS_PER_ROUND = 1_000;

  @Bean
  BackgroundLoop forgetKeysSweep(RetentionStore keys) {
    return new BackgroundLoop(
        "forget-keys",
        FORGET_EVERY,
        () -> keys.forgetExpiredKeys(KEYS_PER_ROUND) == KEYS_PER_ROUND);
  }
}
