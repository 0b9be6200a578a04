package dev.darkroom.benchmarks.stand;

import dev.darkroom.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/**
 * Where measures are taken: one PostgreSQL for the run, and what each measure asks for. All state
 * is in a folder of its own, which is removed at the end.
 */
public final class Stand implements AutoCloseable {
  private static final List<String> AS_IN_THE_IMAGES =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:TieredStopAtLevel=1");

  /** What docker-compose.yml gives a worker besides. */
  private static final List<String> WORKER = List.of("-Xmx192m", "-XX:+UseSerialGC");

  /** For a worker that is there for long: Java's own choice of compilers. */
  public static final String ALL_COMPILERS = "-XX:TieredStopAtLevel=4";

  private final Path folder;
  private final EmbeddedPostgresServer postgres;
  private final ApplicationProcess gateway;
  private final ApplicationProcess worker;
  private final List<String> workerJava;
  private int made;
  private boolean closed;

  /**
   * How the applications are run.
   *
   * @param gatewayJava options of its JVM
   * @param workerJava options of its JVM
   */
  public record Programs(List<String> gatewayJava, List<String> workerJava) {}

  private Stand(
      Path folder,
      EmbeddedPostgresServer postgres,
      ApplicationProcess gateway,
      ApplicationProcess worker,
      List<String> workerJava) {
    this.folder = folder;
    this.postgres = postgres;
    this.gateway = gateway;
    this.worker = worker;
    this.workerJava = workerJava;
  }

  /**
   * Takes the applications apart, rehearses their start, and starts PostgreSQL.
   *
   * @param project the folder of the parent pom, whose modules have been packaged
   */
  public static Stand build(Path project, Programs programs) throws Exception {
    var folder = Files.createTempDirectory("darkroom-benchmarks-");
    var gateway =
        ApplicationProcess.rehearsed(
            ApplicationJar.extract(project, "api-gateway", folder),
            joined(AS_IN_THE_IMAGES, programs.gatewayJava()));
    var worker =
        ApplicationProcess.rehearsed(
            ApplicationJar.extract(project, "generation-worker", folder),
            joined(AS_IN_THE_IMAGES, joined(WORKER, programs.workerJava())));
    var postgres = EmbeddedPostgresServer.start(folder.resolve("postgres"), 0);
    var stand = new Stand(folder, postgres, gateway, worker, programs.workerJava());
    Runtime.getRuntime().addShutdownHook(new Thread(stand::abandon));
    return stand;
  }

  private static List<String> joined(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** A database of its own, migrated. */
  public Database freshDatabase() throws Exception {
    var server = server();
    var name = "measure_" + ++made;
    server.execute("create database " + name);
    var url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), name);
    Flyway.configure()
        .dataSource(url, server.user(), server.password())
        .defaultSchema("darkroom")
        .createSchemas(true)
        .load()
        .migrate();
    return new Database(url, server.user(), server.password());
  }

  /** The server's own database, in which nothing is measured. */
  public Database server() {
    return new Database(postgres.jdbcUrl(), postgres.username(), postgres.password());
  }

  public Broker freshBroker() throws Exception {
    return Broker.start(newFolder("kafka"));
  }

  /** A gateway that answers. */
  public GatewayProcess gateway(Database database, Broker broker) throws Exception {
    return gateway(database, broker, "open");
  }

  /** One that asks everybody for a key; see {@link OwnerKey}. */
  public GatewayProcess gatewayThatAsks(Database database, Broker broker) throws Exception {
    return gateway(database, broker, "required");
  }

  private GatewayProcess gateway(Database database, Broker broker, String access) throws Exception {
    var port = FreePort.find();
    var managementPort = FreePort.find();
    var environment = environment(database, broker);
    environment.put("DARKROOM_ACCESS_MODE", access);
    environment.put("PORT", Integer.toString(port));
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    // one address stands for all clients
    environment.put("DARKROOM_LIMITS_SUBMISSIONS_PER_SECOND", "0");
    environment.put("DARKROOM_LIMITS_READS_PER_SECOND", "0");
    var process =
        ChildProcess.java(
            "the gateway", newFolder("gateway"), gateway.arguments(List.of()), environment);
    var started = new GatewayProcess(process, port, managementPort);
    try {
      started.awaitReady();
      return started;
    } catch (Exception e) {
      started.close();
      throw e;
    }
  }

  /**
   * A worker that has just been started.
   *
   * @param more options of its JVM; those that the run was given have the last word
   */
  public ChildProcess worker(
      Database database, Broker broker, StubProvider provider, int concurrency, String... more)
      throws IOException {
    var environment = environment(database, broker);
    environment.put("NEBIUS_API_ENDPOINT", provider.endpoint());
    environment.put("DARKROOM_WORKER_CONCURRENCY", Integer.toString(concurrency));
    return ChildProcess.java(
        "the worker",
        newFolder("worker"),
        worker.arguments(joined(List.of(more), workerJava)),
        environment);
  }

  private Map<String, String> environment(Database database, Broker broker) {
    var environment = new HashMap<String, String>();
    environment.put("DATABASE_URL", database.withLogin());
    environment.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("DARKROOM_PICTURE_DIR", folder.resolve("pictures").toString());
    environment.put("DARKROOM_KAFKA_REPLICATION_FACTOR", "1");
    return environment;
  }

  private Path newFolder(String name) {
    return folder.resolve(name + "-" + ++made);
  }

  /** Process id of PostgreSQL's first process, the parent of all others. */
  public long postmaster() throws IOException {
    var file = folder.resolve("postgres").resolve("data").resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).getFirst().strip());
  }

  /** Whoever ends a run half-way wants no servers left behind. */
  private void abandon() {
    ChildProcess.killAll();
    try {
      close();
    } catch (IOException e) {
      // the folder is a temporary one
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    postgres.close();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
