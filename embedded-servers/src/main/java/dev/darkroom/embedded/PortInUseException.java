package dev.darkroom.embedded;

import java.io.IOException;

/** A server could not start because something else listens on the port it was given. */
public final class PortInUseException extends IOException {
  private final int port;
  private final String wantedBy;

  PortInUseException(int port, String wantedBy) {
    super("port %d is in use; %s needs it".formatted(port, wantedBy));
    this.port = port;
    this.wantedBy = wantedBy;
  }

  public int port() {
    return port;
  }

  /**
   * Who wants the port, for people: {@code PostgreSQL}, {@code Kafka}, {@code Kafka's controller}.
   */
  public String wantedBy() {
    return wantedBy;
  }
}
