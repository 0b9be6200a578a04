package dev.darkroom.ledger.connection;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Turns {@code DATABASE_URL} into Spring Boot's data source properties. Flyway gets a connection of
 * its own with the same login, also if {@code spring.datasource.url} names the database, because
 * migrations may take longer than the pool's socket timeout; {@code spring.flyway.*} can name
 * another login if the application's own is a mere member of {@code darkroom_app}.
 */
final class DatabaseUrlPostProcessor implements EnvironmentPostProcessor, Ordered {
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE; // after the configuration files, one of which may be .env
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (environment.containsProperty("spring.datasource.url")) {
      addFlyway(environment); // set explicitly; a login from elsewhere must not mix with it
      return;
    }
    var url = environment.getProperty("DATABASE_URL");
    if (url == null || url.isBlank()) {
      throw new InvalidDatabaseUrlException("it is not set");
    }
    var properties = new HashMap<String, Object>();
    DatabaseUrl.properties(url.strip())
        .forEach((name, value) -> {
          properties.put("spring.datasource." + name, value);
          properties.put("spring.flyway." + FLYWAY.get(name), value);
        });
    environment.getPropertySources().addLast(new MapPropertySource("DATABASE_URL", properties));
  }

  private static void addFlyway(ConfigurableEnvironment environment) {
    if (environment.containsProperty("spring.flyway.url")) {
      return;
    }
    var properties = new HashMap<String, Object>();
    FLYWAY.forEach((name, flyway) -> {
      var value = environment.getProperty("spring.datasource." + name);
      if (value != null) {
        properties.put("spring.flyway." + flyway, value);
      }
    });
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("spring.datasource for Flyway", properties));
  }

  private static final Map<String, String> FLYWAY =
      Map.of("url", "url", "username", "user", "password", "password");
}
