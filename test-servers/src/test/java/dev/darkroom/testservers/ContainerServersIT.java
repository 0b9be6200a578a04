package dev.darkroom.testservers;

import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "anEngineAnswers", disabledReason = "no Docker engine answers")
class ContainerServersIT extends ServerSourceContract {
  static boolean anEngineAnswers() {
    return DockerEngine.find(System.getenv(), Path.of(System.getProperty("user.home"))).isPresent();
  }

  @Override
  ServerSource source() {
    return new ContainerServers();
  }
}
