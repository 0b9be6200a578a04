package dev.darkroom.system.stack;

import dev.darkroom.system.network.TcpProxy;
import dev.darkroom.system.processes.FreePorts;
import dev.darkroom.system.processes.JavaCommand;
import dev.darkroom.system.processes.SystemProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One {@code generation-worker} in a process of its own, with cables of its own to its servers. */
public final class TestedWorker implements TestedApplication {
  private final SystemProcess process;
  private final TcpProxy toPostgres;
  private final TcpProxy toKafka;
  private final int managementPort = FreePorts.claim();

  TestedWorker(
      String name,
      Map<String, String> environment,
      List<String> settings,
      Path folder,
      TcpProxy toPostgres,
      TcpProxy toKafka) {
    this.toPostgres = toPostgres;
    this.toKafka = toKafka;
    var told = new HashMap<>(environment);
    told.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    process =
        new SystemProcess(name, JavaCommand.ofModule("generation-worker", settings), told, folder);
  }

  /** Whether that is its name in the ledger. */
  public boolean isCalled(String id) {
    return id().equals(id);
  }

  /** Drawn at its start, when it tells whom it is in its log; empty before that. */
  public String id() {
    try (var lines = Files.lines(process.log())) {
      var told = Pattern.compile("worker=\"([^\"]+)\" process_at_host=\"" + process.pid() + "@");
      return lines
          .map(told::matcher)
          .filter(Matcher::find)
          .map(line -> line.group(1))
          .reduce("", (_, latest) -> latest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public TcpProxy toPostgres() {
    return toPostgres;
  }

  public TcpProxy toKafka() {
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
