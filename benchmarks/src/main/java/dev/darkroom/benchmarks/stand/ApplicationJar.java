package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An executable jar of the build, taken apart as in the images that deploy/Dockerfile makes. */
final class ApplicationJar {
  private static final int SECONDS_TO_EXTRACT = 60;

  private ApplicationJar() {}

  /** The jar that starts the application; the libraries lie beside it. */
  static Path extract(Path project, String module, Path folder) throws Exception {
    var built = find(project.resolve(module).resolve("target"), module);
    var extracted = folder.resolve(module);
    var arguments =
        List.of(
            "-Djarmode=tools",
            "-jar",
            built.toString(),
            "extract",
            "--force",
            "--destination",
            extracted.toString());
    try (var tools = ChildProcess.java(module + " extract", folder, arguments, Map.of())) {
      if (!tools.process().waitFor(SECONDS_TO_EXTRACT, TimeUnit.SECONDS)
          || tools.process().exitValue() != 0) {
        throw new IOException("could not unpack " + built + ":\n" + tools.output());
      }
    }
    return extracted.resolve(built.getFileName());
  }

  private static Path find(Path target, String module) throws IOException {
    try (var files = Files.newDirectoryStream(target, module + "-*.jar")) {
      for (var file : files) {
        return file;
      }
    }
    throw new IOException(
        "there is no %s-*.jar in %s; build it first: ./mvnw -B package -DskipTests"
            .formatted(module, target));
  }
}
