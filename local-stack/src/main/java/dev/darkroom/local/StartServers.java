package dev.darkroom.local;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.embedded.EmbeddedPostgresServer;
import dev.darkroom.embedded.PortTaken;
import dev.darkroom.local.Part.Role;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import java.io.IOException;
import java.util.Map;

/** Starts what gateway and worker need, or takes the real thing where a setting names it. */
final class StartServers {
  private StartServers() {}

  static Part postgres(LocalEnvironment environment, LocalSettings settings, StateFolder state)
      throws IOException {
    if (environment.real("DATABASE_URL").isPresent()) {
      return Part.real(Role.POSTGRES, "from DATABASE_URL"); // which may hold a password
    }
    Say.progress("PostgreSQL starts …");
    var server = startPostgres(settings, state);
    Say.progress("PostgreSQL is up");
    return new Part(
        Role.POSTGRES,
        "embedded, %s as %s, password in %s"
            .formatted(server.jdbcUrl(), server.username(), state.postgres().resolve("password")),
        Map.of(
            "DATABASE_URL", server.jdbcUrl(),
            "spring.datasource.username", server.username(),
            "spring.datasource.password", server.password(),
            "spring.flyway.user", server.username(),
            "spring.flyway.password", server.password()),
        server);
  }

  private static EmbeddedPostgresServer startPostgres(LocalSettings settings, StateFolder state)
      throws IOException {
    try {
      return EmbeddedPostgresServer.start(state.postgres(), settings.postgresPort());
    } catch (PortTaken e) {
      throw Ports.taken(e.port(), e.wantedBy(), "postgres-port", e);
    }
  }

  static Part kafka(LocalEnvironment environment, LocalSettings settings, StateFolder state)
      throws IOException {
    var real = environment.real("KAFKA_BOOTSTRAP_SERVERS");
    if (real.isPresent()) {
      return Part.real(Role.KAFKA, real.get());
    }
    Say.progress("Kafka starts …");
    var broker =
        EmbeddedKafkaBroker.start(
            state.kafka(), settings.kafkaPort(), settings.kafkaControllerPort());
    Say.progress("Kafka is up");
    return new Part(
        Role.KAFKA,
        "embedded, " + broker.bootstrapServers(),
        Map.of("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers()),
        broker);
  }

  static Part nebius(LocalEnvironment environment, LocalSettings settings) throws IOException {
    if (!environment.isNebiusSimulated()) {
      return Part.real(
          Role.NEBIUS, environment.real("NEBIUS_API_ENDPOINT").orElse("at its default address"));
    }
    Say.progress(
        "no NEBIUS_API_KEY: the simulator stands in for Nebius and draws its own pictures");
    var simulator =
        NebiusSimulator.start(SimulatorSettings.defaults().withPort(settings.simulatorPort()));
    simulator.setLatency(settings.simulatorLatency());
    return new Part(
        Role.NEBIUS,
        "simulated, " + simulator.baseUri(),
        Map.of(
            "NEBIUS_API_ENDPOINT",
            simulator.baseUri().toString(),
            "NEBIUS_API_KEY",
            "any-key-will-do",
            "darkroom.provider.name",
            "simulator"),
        simulator);
  }
}
