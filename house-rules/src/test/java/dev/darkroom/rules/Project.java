package dev.darkroom.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of the whole build, wherever it was started. */
final class Project {
  static final Path ROOT = findRoot();

  private Project() {}

  private static Path findRoot() {
    var folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("no folder above this one has mvnw in it");
    }
    return folder;
  }

  /** The modules of the build, as the parent's pom lists them. */
  static List<String> modules() {
    return Pattern.compile("<module>([^<]+)</module>")
        .matcher(read(ROOT.resolve("pom.xml")))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  static Stream<Path> javaFiles(String module, String sourceFolder) {
    var folder = ROOT.resolve(module).resolve(sourceFolder);
    return Files.isDirectory(folder) ? filesBelow(folder, ".java").stream() : Stream.empty();
  }

  /** Without what is built or hidden. */
  static List<Path> filesBelow(Path folder, String ending) {
    var files = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path inside, BasicFileAttributes attributes) {
              var name = String.valueOf(inside.getFileName());
              var skipped =
                  !inside.equals(folder)
                      && (name.startsWith(".")
                          || name.equals("node_modules")
                          || (name.equals("target")
                              && Files.exists(inside.resolveSibling("pom.xml"))));
              return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (String.valueOf(file.getFileName()).endsWith(ending)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
