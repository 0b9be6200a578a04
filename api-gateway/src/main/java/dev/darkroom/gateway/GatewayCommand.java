package dev.darkroom.gateway;

import java.util.Optional;
import java.util.ServiceLoader;
import org.springframework.boot.ApplicationArguments;
import org.springframework.context.ApplicationContext;

/**
 * What the program does instead of serving, where its first argument is the name: {@code java -jar
 * api-gateway.jar erase --user=ada}. Commands are found by {@link ServiceLoader}, so that the core
 * needs none of them.
 */
public interface GatewayCommand {
  String name();

  /** What makes up the application that it runs in, beside what the class path configures. */
  Class<?> wiring();

  /**
   * Does it.
   *
   * @return the exit code
   */
  int run(ApplicationContext application, ApplicationArguments arguments);

  /** The command of this name. */
  static Optional<GatewayCommand> named(String name) {
    return ServiceLoader.load(GatewayCommand.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(command -> command.name().equals(name))
        .findFirst();
  }
}
