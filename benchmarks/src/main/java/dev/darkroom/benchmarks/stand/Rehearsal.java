package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts an application up to the moment at which it would begin to serve, so that Java keeps what
 * it loaded and linked for that in an AOT cache (<a href="https://openjdk.org/jeps/514">JEP
 * 514</a>). deploy/Dockerfile does the same when an image is made.
 */
final class Rehearsal {
  private static final int SECONDS = 300;

  /** Nothing is asked of it: an application that does not serve speaks to nobody. */
  private static final Map<String, String> NO_SERVERS =
      Map.of(
          "DATABASE_URL", "postgresql://localhost/rehearsal",
          "SPRING_FLYWAY_ENABLED", "false",
          "SERVER_ADDRESS", "127.0.0.1");

  private Rehearsal() {}

  /**
   * The cache that fits this jar, as long as it is run with the same options.
   *
   * @param java options of the JVM
   */
  static Path of(Path jar, List<String> java) throws Exception {
    var cache = jar.resolveSibling("application.aot");
    var arguments = new ArrayList<>(java);
    arguments.addAll(
        List.of(
            "-XX:AOTCacheOutput=" + cache,
            "-Dspring.context.exit=onRefresh",
            "-jar",
            jar.toString()));
    var folder = jar.resolveSibling("rehearsal");
    try (var rehearsing = ChildProcess.java(jar + " rehearsal", folder, arguments, NO_SERVERS)) {
      if (!rehearsing.process().waitFor(SECONDS, TimeUnit.SECONDS) || !Files.exists(cache)) {
        throw new IOException("no AOT cache was made:\n" + rehearsing.output());
      }
    }
    return cache;
  }
}
