package dev.darkroom.messaging;

import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.testservers.TestServers;
import java.time.Clock;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The ledger and the messaging as gateway and worker have them, on a database of their own. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({LedgerConfiguration.class, MessagingConfiguration.class})
class TestingApplication {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /**
   * Starts it.
   *
   * @param producerProperties such as {@code max.block.ms=3000}
   */
  static ConfigurableApplicationContext start(
      String bootstrapServers, String... producerProperties) {
    return startWith(
        bootstrapServers,
        Stream.of(producerProperties)
            .map(property -> "--spring.kafka.producer.properties." + property)
            .toArray(String[]::new));
  }

  static ConfigurableApplicationContext startWith(String bootstrapServers, String... arguments) {
    var database = TestServers.freshDatabase();
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .defaultSchema("darkroom")
        .load()
        .migrate();
    return new SpringApplicationBuilder(TestingApplication.class)
        .web(WebApplicationType.NONE)
        .properties(
            "spring.config.import=classpath:job-ledger.yml,classpath:job-messaging.yml",
            "spring.application.name=test",
            "spring.main.banner-mode=off",
            "logging.level.root=WARN",
            "logging.level.org.apache.kafka=ERROR")
        .run(
            Stream.concat(
                    Stream.of(
                        "--spring.datasource.url=" + database.jdbcUrl(),
                        "--spring.datasource.username=" + database.username(),
                        "--spring.datasource.password=" + database.password(),
                        "--KAFKA_BOOTSTRAP_SERVERS=" + bootstrapServers),
                    Stream.of(arguments))
                .toArray(String[]::new));
  }
}
