package dev.darkroom.system.stack;

import dev.darkroom.system.processes.FreePorts;
import dev.darkroom.system.processes.JavaCommand;
import dev.darkroom.system.processes.SystemProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One {@code api-gateway} in a process of its own. */
public final class TestedGateway implements TestedApplication {
  private final SystemProcess process;
  private final URI address;
  private final int managementPort = FreePorts.claim();

  TestedGateway(String name, Map<String, String> environment, List<String> settings, Path folder) {
    int port = FreePorts.claim();
    address = URI.create("http://" + FreePorts.HOST + ":" + port);
    var told = new HashMap<>(environment);
    told.put("PORT", Integer.toString(port));
    told.put("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort));
    told.put("MANAGEMENT_SERVER_ADDRESS", FreePorts.HOST);
    process = new SystemProcess(name, JavaCommand.ofModule("api-gateway", settings), told, folder);
  }

  public URI address() {
    return address;
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
