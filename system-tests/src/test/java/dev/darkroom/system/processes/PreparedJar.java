package dev.darkroom.system.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An application's jar as the images have it: taken apart, with an AOT cache of a start that was
 * rehearsed (<a href="https://openjdk.org/jeps/514">JEP 514</a>). Each of many starts then is a
 * fraction of the work. It is kept for as long as the jar stays the same.
 */
record PreparedJar(Path jar, Path cache) {
  private static final int SECONDS = 300;
  private static final String ROOM_TO_REHEARSE = "-Xmx512m";

  /** An application that does not begin to serve asks nobody for anything. */
  private static final Map<String, String> NO_SERVERS =
      Map.of(
          "DATABASE_URL", "postgresql://localhost/rehearsal",
          "SPRING_FLYWAY_ENABLED", "false",
          "SERVER_ADDRESS", "127.0.0.1");

  /**
   * Prepares it, unless that was done: half a minute.
   *
   * @param java by which it will be started; the cache fits no other options
   */
  static synchronized PreparedJar of(Path built, List<String> java) {
    try {
      var version = Files.getLastModifiedTime(built).toMillis();
      var folder =
          Path.of("target", "prepared", "%s-%d".formatted(built.getFileName(), version))
              .toAbsolutePath();
      var prepared =
          new PreparedJar(folder.resolve(built.getFileName()), folder.resolve("application.aot"));
      if (!Files.exists(prepared.cache())) {
        Files.createDirectories(folder);
        prepared.take(built, folder, java);
        prepared.rehearse(java);
      }
      return prepared;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void take(Path built, Path folder, List<String> java) throws IOException {
    run(
        java,
        List.of(
            "-Djarmode=tools",
            "-jar",
            built.toString(),
            "extract",
            "--force",
            "--destination",
            folder.toString()),
        jar);
  }

  private void rehearse(List<String> java) throws IOException {
    run(
        java,
        List.of(
            ROOM_TO_REHEARSE,
            "-XX:AOTCacheOutput=" + cache,
            "-Dspring.context.exit=onRefresh",
            "-jar",
            jar.toString()),
        cache);
  }

  private void run(List<String> java, List<String> arguments, Path product) throws IOException {
    var command = new ArrayList<>(java);
    command.addAll(arguments);
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(NO_SERVERS);
    var process = builder.start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || !Files.exists(product)) {
        throw new IOException("%s was not made; see %s".formatted(product, log()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private Path log() {
    return cache.resolveSibling("preparation.log");
  }
}
