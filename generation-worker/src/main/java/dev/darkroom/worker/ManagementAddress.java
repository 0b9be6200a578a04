package dev.darkroom.worker;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Sets the address of health and metrics, all that a worker serves, from {@code
 * management.server.address}; the default is loopback. Spring Boot accepts that property only where
 * management has a port of its own, and refuses to start otherwise.
 */
final class ManagementAddress implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
  private static final String PROPERTY = "management.server.address";
  private static final Set<String> NAMES = Set.of(PROPERTY, "MANAGEMENT_SERVER_ADDRESS");

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent prepared) {
    var environment = prepared.getEnvironment();
    var given = address(environment);
    var sources = environment.getPropertySources();
    sources.stream()
        .filter(source -> NAMES.stream().anyMatch(source::containsProperty))
        .filter(source -> source instanceof EnumerablePropertySource<?>)
        .toList()
        .forEach(source ->
            sources.replace(source.getName(), without((EnumerablePropertySource<?>) source)));
    sources.addBefore(
        "defaultProperties",
        new MapPropertySource("management-address", Map.of("server.address", given)));
  }

  private static String address(ConfigurableEnvironment environment) {
    return NAMES.stream()
        .map(environment::getProperty)
        .filter(value -> value != null && !value.isBlank())
        .findFirst()
        .orElse("127.0.0.1");
  }

  private static PropertySource<?> without(EnumerablePropertySource<?> source) {
    if (source instanceof SystemEnvironmentPropertySource environment) {
      var rest = new HashMap<>(environment.getSource());
      rest.keySet().removeAll(NAMES);
      return new SystemEnvironmentPropertySource(source.getName(), rest);
    }
    return new SourceWithoutAddress(source);
  }

  private static final class SourceWithoutAddress extends EnumerablePropertySource<Object> {
    private final EnumerablePropertySource<?> all;

    SourceWithoutAddress(EnumerablePropertySource<?> all) {
      super(all.getName(), all.getSource());
      this.all = all;
    }

    @Override
    public String[] getPropertyNames() {
      return Stream.of(all.getPropertyNames())
          .filter(name -> !NAMES.contains(name))
          .toArray(String[]::new);
    }

    @Override
    public @Nullable Object getProperty(String name) {
      return NAMES.contains(name) ? null : all.getProperty(name);
    }
  }
}
