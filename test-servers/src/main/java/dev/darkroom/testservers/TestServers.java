package dev.darkroom.testservers;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that all integration tests of this JVM share, each started when first asked for and
 * stopped when the JVM ends: containers where Docker's engine answers, embedded servers otherwise.
 *
 * <p>The system property {@code darkroom.test.servers}, or the environment variable {@code
 * DARKROOM_TEST_SERVERS}, forces {@code containers} or {@code embedded}.
 *
 * <p>A test that stops and restarts a server starts its own {@link
 * dev.darkroom.embedded.EmbeddedKafkaBroker} or {@link
 * dev.darkroom.embedded.EmbeddedPostgresServer}, so that no other test notices.
 */
public final class TestServers {
  private static final Logger log = LoggerFactory.getLogger(TestServers.class);
  private static final AtomicInteger databases = new AtomicInteger();

  private static @Nullable ServerSource source;
  private static @Nullable PostgresServer postgres;
  private static @Nullable TestDatabase sharedDatabase;
  private static @Nullable String bootstrapServers;

  private TestServers() {}

  /** One database for all tests of this JVM that don't mind each other. Its user is a superuser. */
  public static synchronized TestDatabase postgres() {
    if (sharedDatabase == null) {
      sharedDatabase = postgresServer().create("shared");
    }
    return sharedDatabase;
  }

  /** A new, empty database on the shared server, for nobody else. Its user is a superuser. */
  public static synchronized TestDatabase freshDatabase() {
    return postgresServer().create("fresh_" + databases.incrementAndGet());
  }

  /**
   * The bootstrap servers of a broker with share groups. Topics, and ids of groups, are shared:
   * take names of your own. A topic must be created before it is used.
   */
  public static synchronized String kafka() {
    if (bootstrapServers == null) {
      bootstrapServers = source().startKafka();
      log.info("Kafka for tests answers at {}", bootstrapServers);
    }
    return bootstrapServers;
  }

  private static synchronized PostgresServer postgresServer() {
    if (postgres == null) {
      postgres = source().startPostgres();
      log.info("PostgreSQL for tests answers at {}:{}", postgres.host(), postgres.port());
    }
    return postgres;
  }

  private static synchronized ServerSource source() {
    if (source == null) {
      source = choose(wanted());
    }
    return source;
  }

  private static String wanted() {
    String wanted = System.getProperty("darkroom.test.servers");
    return wanted != null ? wanted : System.getenv().getOrDefault("DARKROOM_TEST_SERVERS", "");
  }

  static ServerSource choose(String wanted) {
    return switch (wanted) {
      case "containers" -> {
        log.info("test servers are containers, because darkroom.test.servers says so");
        yield new ContainerServers();
      }
      case "embedded" -> {
        log.info("test servers are embedded, because darkroom.test.servers says so");
        yield new EmbeddedServers();
      }
      case "" -> whateverIsThere();
      default ->
          throw new IllegalArgumentException(
              "darkroom.test.servers is '%s', but should be containers or embedded"
                  .formatted(wanted));
    };
  }

  private static ServerSource whateverIsThere() {
    Optional<URI> engine =
        DockerEngine.find(System.getenv(), Path.of(System.getProperty("user.home")));
    if (engine.isEmpty()) {
      log.info("test servers are embedded, because no Docker engine answers");
      return new EmbeddedServers();
    }
    log.info("test servers are containers, because a Docker engine answers at {}", engine.get());
    return new ContainersIfTheyStart(new ContainerServers(), new EmbeddedServers());
  }
}
