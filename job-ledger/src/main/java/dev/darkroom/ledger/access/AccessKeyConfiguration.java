package dev.darkroom.ledger.access;

import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What gateways and the command ask of the ledger about keys and links. */
@Configuration(proxyBeanMethods = false)
public class AccessKeyConfiguration {
  @Bean
  AccessKeyStore accessKeyStore(JdbcClient database) {
    return new AccessKeyStore(database, new SecureRandom());
  }

  @Bean
  LinkSecretStore linkSecretStore(JdbcClient database) {
    return new LinkSecretStore(database);
  }
}
