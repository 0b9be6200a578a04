package dev.darkroom.benchmarks.stand;

import dev.darkroom.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;

/**
 * Where measures are taken: one PostgreSQL for the run, and what each measure asks for. All state
 * is in a folder of its own, which is removed at the end.
 */
public final class Stand implements AutoCloseable {
  private static final List<String> AS_IN_THE_IMAGES =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  /** What docker-compose.yml gives a worker besides. */
  private static final List<String> WORKER =
      List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Path folder;
  private final EmbeddedPostgresServer postgres;
  private final Path gatewayJar;
  private final Path workerJar;
  private final Programs programs;
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
      Path gatewayJar,
      Path workerJar,
      Programs programs) {
    this.folder = folder;
    this.postgres = postgres;
    this.gatewayJar = gatewayJar;
    this.workerJar = workerJar;
    this.programs = programs;
  }

  /**
   * Starts PostgreSQL and takes the applications apart.
   *
   * @param project the folder of the parent pom, whose modules have been packaged
   */
  public static Stand build(Path project, Programs programs) throws Exception {
    var folder = Files.createTempDirectory("darkroom-benchmarks-");
    var gateway = ApplicationJar.extract(project, "api-gateway", folder);
    var worker = ApplicationJar.extract(project, "generation-worker", folder);
    var postgres = EmbeddedPostgresServer.start(folder.resolve("postgres"), 0);
    var stand = new Stand(folder, postgres, gateway, worker, programs);
    Runtime.getRuntime().addShutdownHook(new Thread(stand::abandon));
    return stand;
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
  public Gateway gateway(Database database, Broker broker) throws Exception {
    var port = FreePort.find();
    var managementPort = FreePort.find();
    var environment = environment(database, broker);
    environment.put("PORT", Integer.toString(port));
    environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    var process =
        ChildProcess.java(
            "the gateway",
            newFolder("gateway"),
            arguments(programs.gatewayJava(), gatewayJar),
            environment);
    var gateway = new Gateway(process, port, managementPort);
    try {
      gateway.awaitReady();
      return gateway;
    } catch (Exception e) {
      gateway.close();
      throw e;
    }
  }

  /** A worker that has just been started. */
  public ChildProcess worker(
      Database database, Broker broker, Provider provider, int concurrency, String... more)
      throws IOException {
    var environment = environment(database, broker);
    environment.put("NEBIUS_API_ENDPOINT", provider.endpoint());
    environment.put("DARKROOM_WORKER_CONCURRENCY", Integer.toString(concurrency));
    var options = new ArrayList<>(WORKER);
    options.addAll(programs.workerJava());
    options.addAll(Arrays.asList(more));
    return ChildProcess.java(
        "the worker", newFolder("worker"), arguments(options, workerJar), environment);
  }

  private Map<String, String> environment(Database database, Broker broker) {
    var environment = new HashMap<String, String>();
    environment.put("DATABASE_URL", database.withLogin());
    environment.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("DARKROOM_PICTURE_DIR", folder.resolve("pictures").toString());
    environment.put("DARKROOM_KAFKA_REPLICATION_FACTOR", "1");
    return environment;
  }

  private static List<String> arguments(List<String> options, Path jar) {
    var arguments = new ArrayList<>(AS_IN_THE_IMAGES);
    arguments.addAll(options);
    arguments.add("-jar");
    arguments.add(jar.toString());
    return arguments;
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
