package dev.darkroom.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.ResourcePropertySource;

/** The settings of all parts: arguments, environment, {@code .env}. */
final class LocalEnvironment {
  private static final String OF_THE_STACK = "darkroom.local.";

  private final ConfigurableEnvironment environment;
  private final SimpleCommandLinePropertySource arguments;

  private LocalEnvironment(
      ConfigurableEnvironment environment, SimpleCommandLinePropertySource arguments) {
    this.environment = environment;
    this.arguments = arguments;
  }

  static LocalEnvironment read(String... arguments) throws java.io.IOException {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    var given = new SimpleCommandLinePropertySource(arguments);
    sources.addFirst(given);
    var fresh = given.getProperty("fresh");
    if (fresh != null) {
      var value = fresh.isEmpty() ? "true" : fresh;
      sources.addFirst(new MapPropertySource("--fresh", Map.of("darkroom.local.fresh", value)));
    }
    if (Files.isRegularFile(Path.of(".env"))) {
      sources.addLast(new ResourcePropertySource(".env", new FileSystemResource(".env")));
    }
    ConfigurationPropertySources.attach(environment);
    return new LocalEnvironment(environment, given);
  }

  LocalSettings settings() {
    try {
      return Binder.get(environment).bindOrCreate("darkroom.local", LocalSettings.class);
    } catch (BindException e) {
      var root = org.springframework.core.NestedExceptionUtils.getMostSpecificCause(e);
      throw new StartupException(e.getMessage() + ": " + root.getMessage(), e);
    }
  }

  /**
   * What the command line says to gateway and worker, who find environment and {@code .env} by
   * themselves.
   */
  Map<String, String> arguments() {
    return Stream.of(arguments.getPropertyNames())
        .filter(name -> !name.startsWith(OF_THE_STACK) && !name.equals("fresh"))
        .collect(
            Collectors.toUnmodifiableMap(
                name -> name, name -> String.valueOf(arguments.getProperty(name))));
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
