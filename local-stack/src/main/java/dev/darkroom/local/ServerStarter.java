package dev.darkroom.local;

import dev.darkroom.embedded.EmbeddedKafkaBroker;
import dev.darkroom.embedded.EmbeddedPostgresServer;
import dev.darkroom.embedded.PortInUseException;
import dev.darkroom.local.StackPart.Role;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import java.io.IOException;
import java.util.Map;

/** Starts the servers that gateway and worker need, unless a setting names a real one. */
final class ServerStarter {
  private ServerStarter() {}

  static StackPart postgres(
      LocalEnvironment environment, LocalSettings settings, StateDirectory state)
      throws IOException {
    if (environment.real("DATABASE_URL").isPresent()) {
      return StackPart.real(Role.POSTGRES, "from DATABASE_URL"); // which may hold a password
    }
    Console.progress("starting PostgreSQL …");
    var server = startPostgres(settings, state);
    Console.progress("PostgreSQL is ready");
    return new StackPart(
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

  private static EmbeddedPostgresServer startPostgres(LocalSettings settings, StateDirectory state)
      throws IOException {
    try {
      return EmbeddedPostgresServer.start(state.postgres(), settings.postgresPort());
    } catch (PortInUseException e) {
      throw LocalPorts.taken(e.port(), e.wantedBy(), "postgres-port", e);
    }
  }

  static StackPart kafka(LocalEnvironment environment, LocalSettings settings, StateDirectory state)
      throws IOException {
    var real = environment.real("KAFKA_BOOTSTRAP_SERVERS");
    if (real.isPresent()) {
      return StackPart.real(Role.KAFKA, real.get());
    }
    Console.progress("starting Kafka …");
    var broker =
        EmbeddedKafkaBroker.start(
            state.kafka(), settings.kafkaPort(), settings.kafkaControllerPort());
    Console.progress("Kafka is ready");
    return new StackPart(
        Role.KAFKA,
        "embedded, " + broker.bootstrapServers(),
        Map.of("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers()),
        broker);
  }

  static StackPart nebius(LocalEnvironment environment, LocalSettings settings) throws IOException {
    if (!environment.isNebiusSimulated()) {
      return StackPart.real(
          Role.NEBIUS, environment.real("NEBIUS_API_ENDPOINT").orElse("at its default address"));
    }
    Console.progress(
        "NEBIUS_API_KEY is not set: using the simulator, which draws its own pictures");
    var simulator =
        NebiusSimulator.start(SimulatorSettings.defaults().withPort(settings.simulatorPort()));
    simulator.setLatency(settings.simulatorLatency());
    return new StackPart(
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
