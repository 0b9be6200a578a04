package dev.darkroom.worker;

import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.messaging.MessagingConfiguration;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.time.Clock;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Ledger and Kafka without a worker, for tests that look on while a worker's own way is broken. */
@EnableAutoConfiguration
@Import({LedgerConfiguration.class, MessagingConfiguration.class})
public class TestingContext {

  /** Makes the tables, and opens both. */
  public static ConfigurableApplicationContext open(TestDatabase database, String... more) {
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .load()
        .migrate();
    var application = new SpringApplication(TestingContext.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    var settings =
        new String[] {
          "--spring.config.import=classpath:job-ledger.yml,classpath:job-messaging.yml",
          "--spring.application.name=testing-context",
          "--spring.flyway.enabled=false",
          "--spring.main.banner-mode=off",
          "--spring.jmx.enabled=false",
          "--DATABASE_URL=" + database.jdbcUrl(),
          "--spring.datasource.username=" + database.username(),
          "--spring.datasource.password=" + database.password(),
          "--KAFKA_BOOTSTRAP_SERVERS=" + TestServers.kafka()
        };
    var all = new String[settings.length + more.length];
    System.arraycopy(settings, 0, all, 0, settings.length);
    System.arraycopy(more, 0, all, settings.length, more.length);
    return application.run(all);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  RandomGenerator random() {
    return new Random();
  }
}
