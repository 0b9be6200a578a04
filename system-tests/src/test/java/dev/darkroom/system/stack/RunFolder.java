package dev.darkroom.system.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * What one run leaves behind, under {@code target/}: logs of all processes, pictures, and the
 * servers' folders. A run of the same name in the same fork begins with an empty one.
 */
public record RunFolder(Path path) {
  public static RunFolder of(String run) {
    try {
      Path path =
          Path.of("target", "runs", System.getProperty("surefire.forkNumber", "1"), run)
              .toAbsolutePath();
      FileUtils.deleteDirectory(path.toFile());
      return new RunFolder(Files.createDirectories(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path pictures() {
    return path.resolve("pictures");
  }
}
