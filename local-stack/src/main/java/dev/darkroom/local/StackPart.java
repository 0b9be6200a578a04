package dev.darkroom.local;

import java.util.Map;

/**
 * A part of the stack that runs.
 *
 * @param where for people: its address, and whether it is embedded or real
 * @param tells gateway and worker about it: Spring Boot properties
 * @param stop ends it
 */
record StackPart(Role role, String where, Map<String, String> tells, AutoCloseable stop) {

  /** The parts in the order in which they are stopped: whoever needs another goes before it. */
  enum Role {
    GATEWAY("gateway"),
    WORKER("worker"),
    NEBIUS("Nebius"),
    KAFKA("Kafka"),
    POSTGRES("PostgreSQL"),
    STATE("state");

    private final String words;

    Role(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** A part that is somewhere else; gateway and worker read its setting themselves. */
  static StackPart real(Role role, String where) {
    return new StackPart(role, "real, " + where, Map.of(), () -> {});
  }
}
