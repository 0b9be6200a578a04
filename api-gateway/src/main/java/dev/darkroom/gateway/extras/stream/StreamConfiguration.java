package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.wait.EventDemand;
import dev.darkroom.ledger.log.LogTail;
import dev.darkroom.ledger.log.StepQueries;
import dev.darkroom.ledger.loop.BackgroundLoop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class StreamConfiguration {
  /** Shortest pause between two reads, so that a busy log is read in batches. */
  private static final Duration PAUSE = Duration.ofMillis(10);

  @Bean
  SseHub sseHub(
      StepQueries ledger,
      SseEncoder encoder,
      StreamSettings settings,
      InstantSource clock,
      MeterRegistry meters,
      RefusalLog refusals,
      EventDemand demand) {
    return new SseHub(
        () -> new LogTail(ledger, clock), encoder, settings, clock, meters, refusals, demand);
  }

  @Bean
  BackgroundLoop followLog(SseHub hub) {
    return new BackgroundLoop("follow-log", PAUSE, hub);
  }
}
