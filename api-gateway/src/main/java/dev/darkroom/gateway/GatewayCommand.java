package dev.darkroom.gateway;

import java.util.List;
import java.util.Optional;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * What the program does instead of serving, where its first argument is the name: {@code java -jar
 * api-gateway.jar erase --user=ada}. Commands are listed in {@value #COMMANDS}, so that the core
 * needs none of them.
 */
public interface GatewayCommand {
  String COMMANDS = "META-INF/darkroom/commands.factories";

  String name();

  /**
   * Does it.
   *
   * @param arguments those after the name
   * @return the exit code
   */
  int run(List<String> arguments);

  /** The command of this name. */
  static Optional<GatewayCommand> named(String name) {
    return SpringFactoriesLoader.forResourceLocation(COMMANDS).load(GatewayCommand.class).stream()
        .filter(command -> command.name().equals(name))
        .findFirst();
  }
}
