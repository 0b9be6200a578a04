package dev.darkroom.gateway.wait;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.messaging.EventRecords;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;

@Configuration(proxyBeanMethods = false)
class WaitConfiguration {
  /** Events are read in batches of this time; a fetch for each would keep the broker busy. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final Duration RETRY_AFTER = Duration.ofMillis(500);

  @Bean
  BackgroundLoop followEvents(
      ConsumerFactory<?, ?> kafka,
      EventRecords records,
      CompletionWaiter waiter,
      EventDemand demand,
      ObjectProvider<EventArrivalListener> listeners) {
    var config = consumerConfig(kafka.getConfigurationProperties());
    var consumer =
        new EventConsumer(
            () ->
                new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()),
            records,
            waiter,
            listeners.stream().toList(),
            demand);
    return new BackgroundLoop(
        "follow-events", PAUSE, RETRY_AFTER, SmartLifecycle.DEFAULT_PHASE, consumer);
  }

  @Bean
  BackgroundLoop pollAwaitedJobs(CompletionWaiter waiter, WaitSettings settings) {
    return new BackgroundLoop("poll-awaited-jobs", settings.poll(), waiter::poll);
  }

  private static Map<String, Object> consumerConfig(Map<String, Object> defaults) {
    var config = new HashMap<>(defaults);
    config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 3_000);
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
    // how soon a topic that was created again, or has more partitions, is noticed
    config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
    config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    return config;
  }
}
