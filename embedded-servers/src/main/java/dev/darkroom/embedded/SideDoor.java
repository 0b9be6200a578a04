package dev.darkroom.embedded;

import java.util.regex.Pattern;

/**
 * A further port of the broker that sends its clients elsewhere. Kafka's clients leave the address
 * they were given and go on with the one the broker advertises, so whoever comes through a proxy
 * stays behind it only if that is advertised.
 *
 * @param name the listener's, in capitals, such as {@code WORKER_1}
 * @param port the broker listens here
 * @param advertisedPort clients of this door are sent here
 */
public record SideDoor(String name, int port, int advertisedPort) {
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9_]*");

  public SideDoor {
    if (!NAME.matcher(name).matches()
        || name.equals("PLAINTEXT")
        || name.equals(BrokerProperties.CONTROLLER_LISTENER)) {
      throw new IllegalArgumentException(name + " can't be the name of a side door");
    }
  }
}
