package dev.darkroom.system.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a small JVM is started, with the Java that runs the tests. */
public final class JavaCommand {
  private static final List<String> SMALL =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx192m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private JavaCommand() {}

  /**
   * Runs the executable jar of a module as the images do.
   *
   * @throws IllegalStateException if it was not built
   */
  public static List<String> ofModule(String module, List<String> arguments) {
    var prepared = PreparedJar.of(jarOf(module), SMALL);
    var command = new ArrayList<>(SMALL);
    command.addAll(List.of("-XX:AOTCache=" + prepared.cache(), "-jar", prepared.jar().toString()));
    command.addAll(arguments);
    return List.copyOf(command);
  }

  /** Runs a class of the tests. */
  public static List<String> ofClass(Class<?> main, List<String> arguments) {
    var command = new ArrayList<>(SMALL);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return List.copyOf(command);
  }

  /**
   * The executable jar of a module.
   *
   * @throws IllegalStateException if it was not built
   */
  public static Path jarOf(String module) {
    Path folder = Path.of("..", module, "target").toAbsolutePath().normalize();
    if (Files.isDirectory(folder)) {
      try (var files = Files.newDirectoryStream(folder, module + "-*.jar")) {
        var found = files.iterator();
        if (found.hasNext()) {
          return found.next();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException(
        "there is no jar in %s; run ./mvnw -pl system-tests -am package -DskipTests first"
            .formatted(folder));
  }
}
