package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.loop.BackgroundLoop;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LogsConfiguration {
  /** It takes the database's time from those who submit jobs, so it takes little of it. */
  private static final int REST = 3;

  @Bean
  BackgroundLoop promptsSweep(KeepPromptsIndexed index, LogsSettings settings) {
    return new BackgroundLoop("index-prompts", settings.indexPrompts(), index::round, REST);
  }
}
