package dev.darkroom.testservers;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/** Servers started from this JVM, on free ports and in temporary folders that go away with it. */
final class EmbeddedServers implements ServerSource {
  @Override
  public PostgresServer startPostgres() {
    try {
      Path folder = Files.createTempDirectory("darkroom-test-postgres");
      var server = EmbeddedPostgresServer.startUnsynced(folder, 0);
      atExit(server, folder);
      return new PostgresServer("127.0.0.1", server.port(), server.username(), server.password());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String startKafka() {
    try {
      Path folder = Files.createTempDirectory("darkroom-test-kafka");
      var broker = EmbeddedKafkaBroker.start(folder, 0, 0);
      atExit(broker, folder);
      return broker.bootstrapServers();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void atExit(AutoCloseable server, Path folder) {
    Runnable stop =
        () -> {
          try {
            server.close();
          } catch (Exception e) {
            throw new IllegalStateException("a test server did not stop", e);
          } finally {
            FileUtils.deleteQuietly(folder.toFile());
          }
        };
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stop));
  }
}
