package dev.darkroom.ledger.connection;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Turns {@code DATABASE_URL} into Spring Boot's data source properties. Flyway gets a connection of
 * its own with the same login, also if {@code spring.datasource.url} names the database, because
 * migrations may take longer than the pool's socket timeout; {@code spring.flyway.*} can name
 * another login if the application's own is a mere member of {@code darkroom_app}.
 */
final class DatabaseUrlPostProcessor implements EnvironmentPostProcessor, Ordered {
  private static final Map<String, String> FLYWAY =
      Map.of("url", "url", "username", "user", "password", "password");

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE; // after the configuration files, one of which may be .env
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (!environment.containsProperty("spring.datasource.url")) { // or its login must not mix in
      add(environment, "DATABASE_URL", databaseUrl(environment));
    }
    var flyway = new HashMap<String, Object>();
    FLYWAY.forEach((name, flywayName) -> {
      var value = environment.getProperty("spring.datasource." + name);
      if (value != null) {
        flyway.put("spring.flyway." + flywayName, value);
      }
    });
    add(environment, "spring.datasource for Flyway", flyway);
  }

  private static Map<String, Object> databaseUrl(Environment environment) {
    var url = environment.getProperty("DATABASE_URL", "").strip();
    if (url.isEmpty()) {
      throw new InvalidDatabaseUrlException("it is not set");
    }
    var properties = new HashMap<String, Object>();
    DatabaseUrl.properties(url)
        .forEach((name, value) -> properties.put("spring.datasource." + name, value));
    return properties;
  }

  /** Below all other sources. */
  private static void add(
      ConfigurableEnvironment environment, String name, Map<String, Object> properties) {
    environment.getPropertySources().addLast(new MapPropertySource(name, properties));
  }
}
