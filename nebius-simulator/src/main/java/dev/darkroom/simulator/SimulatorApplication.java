package dev.darkroom.simulator;

import java.io.IOException;
import java.util.List;

/** Runs a simulator as a process of its own until it is killed. */
public final class SimulatorApplication {
  private SimulatorApplication() {}

  /**
   * Exits with 2 for a setting that cannot be used and with 1 for an address that cannot be
   * listened on.
   */
  public static void main(String[] arguments) throws InterruptedException {
    SimulatorSettings settings;
    try {
      settings = StartOptions.read(List.of(arguments), System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println("The simulator cannot start: " + e.getMessage() + ".");
      System.exit(2);
      return;
    }
    try (var simulator = NebiusSimulator.start(settings)) {
      System.out.println("Nebius simulator listens at " + simulator.baseUri());
      Thread.currentThread().join(); // until the process ends
    } catch (IOException e) {
      System.err.printf(
          "The simulator cannot listen at %s:%d: %s. Choose another --port or --host.%n",
          settings.host(), settings.port(), e.getMessage());
      System.exit(1);
    }
  }
}
