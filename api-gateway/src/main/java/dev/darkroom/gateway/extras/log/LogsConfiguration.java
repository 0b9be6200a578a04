package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.loop.BackgroundLoop;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LogsConfiguration {
  @Bean
  BackgroundLoop promptsSweep(KeepPromptsIndexed index, LogsSettings settings) {
    return new BackgroundLoop("index-prompts", settings.indexPrompts(), index::round);
  }
}
