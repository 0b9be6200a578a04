package dev.darkroom.ledger.webhooks;

import dev.darkroom.ledger.readers.ReadPools;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What gateways ask of the ledger about webhooks. */
@Configuration(proxyBeanMethods = false)
public class WebhookStoreConfiguration {
  @Bean
  EventCollector eventCollector(JdbcClient database) {
    return new EventCollector(database);
  }

  @Bean
  DeliveryStore deliveryStore(JdbcClient database) {
    return new DeliveryStore(database);
  }

  @Bean
  DeliveryQueries deliveryQueries(JdbcClient database, ReadPools readers) {
    return new DeliveryQueries(database, readers.lookups());
  }

  @Bean
  EndpointStore endpointStore(JdbcClient database, ReadPools readers) {
    return new EndpointStore(database, readers.lookups());
  }

  @Bean
  WebhookSecretStore webhookSecretStore(JdbcClient database) {
    return new WebhookSecretStore(database);
  }
}
