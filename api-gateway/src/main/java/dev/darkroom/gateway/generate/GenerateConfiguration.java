package dev.darkroom.gateway.generate;

import dev.darkroom.gateway.sweep.Sweep;
import dev.darkroom.ledger.ForgetKeys;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class GenerateConfiguration {
  private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
  private static final int KEYS_PER_ROUND = 1_000;

  @Bean
  Sweep forgetKeysSweep(ForgetKeys keys) {
    return new Sweep(
        "forget-keys", FORGET_EVERY, () -> keys.forgetExpired(KEYS_PER_ROUND) == KEYS_PER_ROUND);
  }
}
