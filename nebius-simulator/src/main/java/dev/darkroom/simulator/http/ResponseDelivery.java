package dev.darkroom.simulator.http;

import java.time.Duration;

/** How a reply leaves, or does not. */
public sealed interface ResponseDelivery {
  /** The reply as HTTP wants it. */
  record Whole(SimulatorResponse reply) implements ResponseDelivery {}

  /** Announces the whole length, sends {@code percent} of the body, then closes the connection. */
  record Cut(SimulatorResponse reply, int percent) implements ResponseDelivery {}

  /** Sends the body in chunks of {@code bytes}, waiting {@code every} before each. */
  record Drip(SimulatorResponse reply, int bytes, Duration every) implements ResponseDelivery {}

  /** Sends nothing: the client sees the connection reset (TCP RST). */
  record DroppedConnection() implements ResponseDelivery {}

  /** The same delivery with a header added, where there is a reply to carry it. */
  default ResponseDelivery with(String name, String value) {
    return switch (this) {
      case Whole(var reply) -> new Whole(reply.with(name, value));
      case Cut(var reply, var percent) -> new Cut(reply.with(name, value), percent);
      case Drip(var reply, var bytes, var every) -> new Drip(reply.with(name, value), bytes, every);
      case DroppedConnection reset -> reset;
    };
  }
}
