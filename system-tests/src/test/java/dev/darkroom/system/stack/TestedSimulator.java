package dev.darkroom.system.stack;

import dev.darkroom.simulator.Latency;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.system.network.TcpProxy;
import java.io.IOException;
import java.time.Duration;

/**
 * The provider: the simulator, in this JVM so that its bill outlives everything, and the cable that
 * all workers reach it through.
 */
public final class TestedSimulator implements AutoCloseable {
  private final NebiusSimulator simulator;
  private final TcpProxy cable;

  TestedSimulator() throws IOException {
    simulator = NebiusSimulator.start(SimulatorSettings.defaults());
    cable = TcpProxy.to(simulator.port());
  }

  public NebiusSimulator simulator() {
    return simulator;
  }

  public TcpProxy cable() {
    return cable;
  }

  String endpoint() {
    return "http://127.0.0.1:" + cable.port() + "/v1/";
  }

  /** A picture takes {@code least}, and up to {@code more} on top of it. */
  public void takes(Duration least, Duration more) {
    simulator.setLatency(new Latency(least, more));
  }

  /** No faults, a cable that is whole. */
  public void heal() {
    cable.heal();
    simulator.clearFaults();
  }

  @Override
  public void close() throws IOException {
    cable.close();
    simulator.close();
  }
}
