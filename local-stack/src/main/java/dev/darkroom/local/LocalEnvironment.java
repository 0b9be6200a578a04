package dev.darkroom.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.ResourcePropertySource;

/** The settings as gateway and worker see them too: arguments, environment, {@code .env}. */
final class LocalEnvironment {
  private final ConfigurableEnvironment environment;

  private LocalEnvironment(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  static LocalEnvironment read(String... arguments) throws java.io.IOException {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    var given = new SimpleCommandLinePropertySource(arguments);
    sources.addFirst(given);
    if (given.containsProperty("fresh")) {
      sources.addFirst(
          new MapPropertySource("--fresh", java.util.Map.of("darkroom.local.fresh", "true")));
    }
    if (Files.isRegularFile(Path.of(".env"))) {
      sources.addLast(new ResourcePropertySource(".env", new FileSystemResource(".env")));
    }
    ConfigurationPropertySources.attach(environment);
    return new LocalEnvironment(environment);
  }

  LocalSettings settings() {
    try {
      return Binder.get(environment).bindOrCreate("darkroom.local", LocalSettings.class);
    } catch (BindException e) {
      var root = org.springframework.core.NestedExceptionUtils.getMostSpecificCause(e);
      throw new CannotStart(e.getMessage() + ": " + root.getMessage(), e);
    }
  }

  /** A setting that names a real part in place of an embedded one; blank counts as absent. */
  Optional<String> real(String name) {
    return Optional.ofNullable(environment.getProperty(name)).filter(value -> !value.isBlank());
  }

  /** The simulator stands in where neither of Nebius's settings is there. */
  boolean isNebiusSimulated() {
    return real("NEBIUS_API_ENDPOINT").isEmpty() && real("NEBIUS_API_KEY").isEmpty();
  }
}
