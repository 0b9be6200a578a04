package dev.darkroom.simulator.http;

import java.time.Duration;

/** How a reply leaves, or does not. */
public sealed interface Delivery {
  /** The reply as HTTP wants it. */
  record Whole(Reply reply) implements Delivery {}

  /** Announces the whole length, sends {@code percent} of the body, then closes the connection. */
  record Cut(Reply reply, int percent) implements Delivery {}

  /** Sends the body in chunks of {@code bytes}, waiting {@code every} before each. */
  record Drip(Reply reply, int bytes, Duration every) implements Delivery {}

  /** Sends nothing: the client sees the connection reset (TCP RST). */
  record Reset() implements Delivery {}

  /** The same delivery with a header added, where there is a reply to carry it. */
  default Delivery with(String name, String value) {
    return switch (this) {
      case Whole(var reply) -> new Whole(reply.with(name, value));
      case Cut(var reply, var percent) -> new Cut(reply.with(name, value), percent);
      case Drip(var reply, var bytes, var every) -> new Drip(reply.with(name, value), bytes, every);
      case Reset reset -> reset;
    };
  }
}
