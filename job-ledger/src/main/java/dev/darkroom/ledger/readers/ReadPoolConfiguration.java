package dev.darkroom.ledger.readers;

import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The readers' pools as beans, beside the application's own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ReadPoolSettings.class)
public class ReadPoolConfiguration {

  @Bean
  ReadPools readPools(DataSource database, ReadPoolSettings settings) {
    return ReadPools.beside(database, settings);
  }
}
