package dev.darkroom.system.stack;

import dev.darkroom.system.network.Cable;
import dev.darkroom.system.processes.JavaCommand;
import dev.darkroom.system.processes.Ports;
import dev.darkroom.system.processes.SystemProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One {@code generation-worker} in a process of its own, with cables of its own to its servers. */
public final class Worker implements Application {
  private final SystemProcess process;
  private final Cable toPostgres;
  private final Cable toKafka;
  private final int managementPort = Ports.claim();

  Worker(
      String name,
      Map<String, String> environment,
      List<String> settings,
      Path folder,
      Cable toPostgres,
      Cable toKafka) {
    this.toPostgres = toPostgres;
    this.toKafka = toKafka;
    var told = new HashMap<>(environment);
    told.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    process =
        new SystemProcess(name, JavaCommand.ofModule("generation-worker", settings), told, folder);
  }

  /** Whether that is its name in ledger and log: one that is given none begins with its process. */
  public boolean isCalled(String id) {
    return id.startsWith(process.pid() + "-");
  }

  public Cable toPostgres() {
    return toPostgres;
  }

  public Cable toKafka() {
    return toKafka;
  }

  @Override
  public SystemProcess process() {
    return process;
  }

  @Override
  public int managementPort() {
    return managementPort;
  }
}
