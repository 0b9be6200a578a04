package dev.darkroom.gateway.logs;

import dev.darkroom.gateway.sweep.Sweep;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LogsConfiguration {
  /** It takes the database's time from those who submit jobs, so it takes little of it. */
  private static final int REST = 3;

  @Bean
  Sweep promptsSweep(KeepPromptsIndexed index, LogsSettings settings) {
    return new Sweep("index-prompts", settings.indexPrompts(), index::round, REST);
  }
}
