package dev.darkroom.simulator.http;

/** What a server serves. */
@FunctionalInterface
public interface Site {
  /**
   * Answers a request, on a virtual thread of its own: it may block.
   *
   * @throws InterruptedException when the server closes meanwhile; the connection then ends without
   *     a reply
   */
  Delivery answer(Request request) throws InterruptedException;
}
