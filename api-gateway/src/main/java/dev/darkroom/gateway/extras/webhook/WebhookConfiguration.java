package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.extras.webhook.send.PublicDnsResolver;
import dev.darkroom.gateway.extras.webhook.send.WebhookClient;
import dev.darkroom.ledger.loop.BackgroundLoop;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class WebhookConfiguration {
  /** Shortest pause between two rounds, so that results that come at the same time share one. */
  private static final Duration PAUSE = Duration.ofMillis(25);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration LOOK_AFTER = Duration.ofSeconds(10);

  @Bean
  WebhookClient webhookClient(WebhookSettings settings, InstantSource clock) {
    return new WebhookClient(
        new PublicDnsResolver(SystemDefaultDnsResolver.INSTANCE, settings.allowPrivate()),
        DefaultClientTlsStrategy.createSystemDefault(),
        settings.timeout(),
        clock);
  }

  @Bean
  BackgroundLoop deliverWebhooks(WebhookDispatcher dispatcher) {
    return new BackgroundLoop(
        "deliver-webhooks", PAUSE, RETRY_AFTER, SmartLifecycle.DEFAULT_PHASE, dispatcher);
  }

  @Bean
  BackgroundLoop lookAfterWebhooks(WebhookMonitor monitor) {
    return new BackgroundLoop("look-after-webhooks", LOOK_AFTER, monitor::round);
  }
}
