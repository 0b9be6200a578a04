package dev.darkroom.gateway.http;

import dev.darkroom.ledger.loop.BackgroundLoop;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WebConfiguration {

  @Bean
  BackgroundLoop refusalSweep(RefusalLog refusals) {
    return new BackgroundLoop("sum-up-refusals", Duration.ofSeconds(15), refusals::round);
  }
}
