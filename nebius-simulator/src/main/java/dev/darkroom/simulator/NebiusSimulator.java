package dev.darkroom.simulator;

import dev.darkroom.simulator.http.SocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Random;

/**
 * A running stand-in for Nebius. Faults are told in sentences:
 *
 * <pre>{@code
 * simulator.nextCalls(3).meet(answer(429).withRetryAfter(Duration.ofSeconds(2)));
 * simulator.everyCall().whosePromptContains("fox").meet(hang());
 * simulator.everyCall().withProbability(0.1).meet(resetAfterBilling());
 * }</pre>
 *
 * <p>Only calls that are valid meet a fault; a bad key, a bad body or an unknown model is refused
 * before.
 */
public final class NebiusSimulator implements AutoCloseable {
  private final SimulatorSettings settings;
  private final FaultPlan plan;
  private final Bill bill = new Bill();
  private final SocketServer server;

  private NebiusSimulator(SimulatorSettings settings) throws IOException {
    this.settings = settings;
    // Its own dice: ids drawn meanwhile would otherwise shift which calls a seeded probability
    // hits.
    this.plan = new FaultPlan(settings.latency(), new Random(settings.dice().nextLong()));
    var address = new InetSocketAddress(settings.host(), settings.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException("no address is known for the host " + settings.host());
    }
    this.server = SocketServer.start(address, new Endpoints(settings, plan, bill));
  }

  /**
   * Starts listening.
   *
   * @throws java.net.BindException if the port is taken or the host is not this machine's
   * @throws UnknownHostException if the host's name has no address
   * @throws IOException if the address cannot be listened on for another reason
   */
  public static NebiusSimulator start(SimulatorSettings settings) throws IOException {
    // Nothing here needs a screen; AWT would look for one on a desktop.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
    return new NebiusSimulator(settings);
  }

  /** The port it listens on, also where the settings asked for any. */
  public int port() {
    return server.port();
  }

  /** What to set as Nebius's endpoint, for a client on this machine; ends in {@code /v1/}. */
  public URI baseUri() {
    boolean everywhere = settings.host().equals("0.0.0.0") || settings.host().equals("::");
    var host = everywhere ? "127.0.0.1" : settings.host();
    var inUri = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + inUri + ":" + port() + "/v1/");
  }

  /** What was asked for and billed so far. */
  public Bill bill() {
    return bill;
  }

  public CallRecorder nextCall() {
    return nextCalls(1);
  }

  /** The next {@code times} matching calls, before anything {@link #everyCall()} meets. */
  public CallRecorder nextCalls(long times) {
    return new CallRecorder(plan, times);
  }

  /** Every matching call until the faults are cleared. */
  public CallRecorder everyCall() {
    return new CallRecorder(plan, null);
  }

  /**
   * Takes back all faults, and resets the connections of the calls that hang; the latency stays.
   */
  public void clearFaults() {
    plan.clearRules();
  }

  public void setLatency(Duration fixed) {
    plan.setLatency(Latency.of(fixed));
  }

  public void setLatency(Latency latency) {
    plan.setLatency(latency);
  }

  /** Stops listening and cuts off the calls under way. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
