package dev.darkroom.worker;

import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts workers on databases of their tests, with something else in Nebius's place. */
final class WorkerFixture {
  private WorkerFixture() {}

  /** A database with the ledger's tables. */
  static TestDatabase database() {
    var database = TestServers.freshDatabase();
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .load()
        .migrate();
    return database;
  }

  /**
   * The whole application, as {@code main} runs it.
   *
   * @param more settings, such as {@code darkroom.worker.drain=0s}; they override those that all
   *     tests share
   */
  static ConfigurableApplicationContext start(
      TestDatabase database, URI nebius, Path pictures, String... more) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("DATABASE_URL", database.jdbcUrl());
    settings.put("spring.datasource.username", database.username());
    settings.put("spring.datasource.password", database.password());
    settings.put("NEBIUS_API_ENDPOINT", nebius.toString());
    settings.put("NEBIUS_API_KEY", "a-key");
    settings.put("darkroom.picture.dir", pictures.toString());
    for (var setting : more) {
      var nameAndValue = List.of(setting.split("=", 2));
      settings.put(nameAndValue.getFirst(), nameAndValue.getLast());
    }
    settings.computeIfAbsent("KAFKA_BOOTSTRAP_SERVERS", _ -> TestServers.kafka());
    return WorkerApplication.application().run(arguments(settings));
  }

  private static String[] arguments(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
        .toArray(String[]::new);
  }
}
