package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.loop.BackgroundLoop;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class DispatchConfiguration {

  @Bean
  DispatchWindow dispatchWindow(OutboxSettings settings) {
    return new DispatchWindow(settings.window());
  }

  @Bean
  BackgroundLoop outboxSweeperLoop(OutboxSweeper sweeper, OutboxSettings settings) {
    return new BackgroundLoop("sweep-outbox", settings.sweep(), sweeper::round);
  }

  @Bean
  BackgroundLoop fairDispatcherLoop(FairDispatcher dispatcher, OutboxSettings settings) {
    return new BackgroundLoop("dispatch-jobs", settings.refill(), dispatcher::round);
  }

  @Bean
  BackgroundLoop lostTopicReplayLoop(LostTopicReplay replay, OutboxSettings settings) {
    return new BackgroundLoop("replay-lost-topics", settings.lookForLost(), replay::round);
  }
}
