package dev.darkroom.simulator.http;

/** What a server serves. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Answers a request, on a virtual thread of its own: it may block.
   *
   * @throws InterruptedException when the server closes meanwhile; the connection then ends without
   *     a reply
   */
  ResponseDelivery answer(SimulatorRequest request) throws InterruptedException;
}
