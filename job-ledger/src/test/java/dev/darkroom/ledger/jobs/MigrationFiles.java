package dev.darkroom.ledger.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** The files of {@code sql/}, in the order of their versions. */
final class MigrationFiles {
  private static final Path FOLDER = Path.of("..", "sql");

  private MigrationFiles() {}

  static List<Resource> all() {
    try (var files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".sql"))
          .sorted(Comparator.comparingInt(MigrationFiles::version))
          .<Resource>map(FileSystemResource::new)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(Path file) {
    var name = file.getFileName().toString();
    return Integer.parseInt(name.substring(1, name.indexOf("__")));
  }
}
