package dev.darkroom.system.stack;

import dev.darkroom.embedded.SideDoor;
import dev.darkroom.system.network.TcpProxy;
import dev.darkroom.system.processes.FreePorts;
import dev.darkroom.system.processes.KafkaProcess;
import dev.darkroom.system.processes.PgBouncer;
import dev.darkroom.system.processes.PostgresProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole of it: PostgreSQL, Kafka, the provider, two gateways and two workers. Each worker hangs
 * on cables of its own, so that one alone can be cut off.
 */
public final class TestedSystem implements AutoCloseable {
  private static final int EACH = 2;
  private static final int PROVIDERS = Integer.getInteger("darkroom.chaos.providers", 1);

  private final RunFolder folder;
  private final SystemSettings settings;
  private final TestedSimulator nebius;

  /** To which jobs go while they can't go to Nebius, where there is to be a second provider. */
  private final @Nullable TestedSimulator spare;

  private final PostgresProcess postgres;
  private final @Nullable PgBouncer pooler;
  private final KafkaProcess kafka;
  private final List<TestedGateway> gateways = new ArrayList<>();
  private final List<TestedWorker> workers = new ArrayList<>();

  private TestedSystem(RunFolder folder, SystemSettings settings) throws IOException {
    this.folder = folder;
    this.settings = settings;
    nebius = new TestedSimulator();
    spare = PROVIDERS > 1 ? new TestedSimulator() : null;
    postgres = new PostgresProcess(folder.path());
    var doors = Stream.generate(FreePorts::claim).limit(EACH).toList();
    var toKafka = doors.stream().map(TcpProxy::to).toList();
    kafka = new KafkaProcess(folder.path(), sideDoors(doors, toKafka));
    postgres.start();
    pooler = settings.pooled() ? new PgBouncer(folder.path(), postgres) : null;
    if (pooler != null) {
      pooler.start();
    }
    kafka.start();
    addGateways();
    addWorkers(toKafka);
  }

  /** Starts everything and waits until all of it is ready: about half a minute on two cores. */
  @SuppressWarnings("MustBeClosedChecker")
  public static TestedSystem start(String run, SystemSettings settings) throws IOException {
    var system = new TestedSystem(RunFolder.of(run), settings);
    try {
      system.startWhatIsDead();
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  /** Gateways and workers that do not run, and waits until all are ready. */
  public void startWhatIsDead() {
    applications()
        .filter(application -> !application.process().isAlive())
        .forEach(application -> application.process().start());
    applications().forEach(TestedApplication::awaitReady);
  }

  private static List<SideDoor> sideDoors(List<Integer> doors, List<TcpProxy> cables) {
    var sideDoors = new ArrayList<SideDoor>();
    for (int i = 0; i < doors.size(); i++) {
      sideDoors.add(new SideDoor("WORKER_" + (i + 1), doors.get(i), cables.get(i).port()));
    }
    return sideDoors;
  }

  private void addGateways() {
    for (int i = 1; i <= EACH; i++) {
      var environment = environment(databasePort(), kafka.bootstrapServers());
      environment.put("DARKROOM_PROVIDER_NAME", "simulator");
      gateways.add(
          new TestedGateway("gateway-" + i, environment, settings.ofGateway(), folder.path()));
    }
  }

  /**
   * A gateway more, with further arguments, which is no part of the system: whoever starts it ends
   * it.
   */
  public TestedGateway startAnother(String name, String... arguments) {
    var environment = environment(databasePort(), kafka.bootstrapServers());
    environment.put("DARKROOM_PROVIDER_NAME", "simulator");
    var all = Stream.concat(settings.ofGateway().stream(), Stream.of(arguments)).toList();
    var gateway = new TestedGateway(name, environment, all, folder.path());
    gateway.process().start();
    gateway.awaitReady();
    return gateway;
  }

  private void addWorkers(List<TcpProxy> toKafka) {
    for (int i = 1; i <= EACH; i++) {
      var cable = toKafka.get(i - 1);
      var toPostgres = TcpProxy.to(databasePort());
      var environment = environment(toPostgres.port(), FreePorts.HOST + ":" + cable.port());
      environment.put("NEBIUS_API_ENDPOINT", nebius.endpoint());
      environment.put("NEBIUS_API_KEY", "any-key-will-do");
      if (spare != null) {
        environment.put("DARKROOM_PROVIDERS_0_NAME", "nebius");
        environment.put("DARKROOM_PROVIDERS_1_NAME", "spare");
        environment.put("DARKROOM_PROVIDERS_1_ENDPOINT", spare.endpoint());
        environment.put("DARKROOM_PROVIDERS_1_APIKEY", "any-key-will-do-here-too");
      }
      workers.add(
          new TestedWorker(
              "worker-" + i, environment, settings.ofWorker(), folder.path(), toPostgres, cable));
    }
  }

  private int databasePort() {
    return pooler == null ? postgres.port() : pooler.port();
  }

  private Map<String, String> environment(int postgresPort, String kafkaServers) {
    var environment = new HashMap<String, String>();
    environment.put(
        "DATABASE_URL", "jdbc:postgresql://%s:%d/darkroom".formatted(FreePorts.HOST, postgresPort));
    environment.put("SPRING_DATASOURCE_USERNAME", postgres.username());
    environment.put("SPRING_DATASOURCE_PASSWORD", postgres.password());
    environment.put("SPRING_FLYWAY_URL", postgres.jdbcUrl()); // no migration through a pooler
    environment.put("SPRING_FLYWAY_USER", postgres.username());
    environment.put("SPRING_FLYWAY_PASSWORD", postgres.password());
    environment.put("KAFKA_BOOTSTRAP_SERVERS", kafkaServers);
    environment.put("DARKROOM_PICTURE_DIR", folder.pictures().toString());
    return environment;
  }

  public RunFolder folder() {
    return folder;
  }

  public SystemSettings settings() {
    return settings;
  }

  public TestedSimulator nebius() {
    return nebius;
  }

  /** All that make pictures, Nebius first. */
  public List<TestedSimulator> providers() {
    return spare == null ? List.of(nebius) : List.of(nebius, spare);
  }

  public PostgresProcess postgres() {
    return postgres;
  }

  /** What stands before PostgreSQL, where the settings ask for it. */
  public Optional<PgBouncer> pooler() {
    return Optional.ofNullable(pooler);
  }

  public KafkaProcess kafka() {
    return kafka;
  }

  public List<TestedGateway> gateways() {
    return List.copyOf(gateways);
  }

  public List<TestedWorker> workers() {
    return List.copyOf(workers);
  }

  private Stream<TestedApplication> applications() {
    return Stream.concat(gateways.stream(), workers.stream());
  }

  /** Kills whatever still runs. */
  @Override
  public void close() throws IOException {
    applications().forEach(application -> application.process().close());
    workers.forEach(worker -> {
      worker.toKafka().close();
      worker.toPostgres().close();
    });
    kafka.close();
    if (pooler != null) {
      pooler.close();
    }
    postgres.close();
    nebius.close();
    if (spare != null) {
      spare.close();
    }
  }
}
