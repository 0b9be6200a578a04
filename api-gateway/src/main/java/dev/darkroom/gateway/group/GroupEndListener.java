package dev.darkroom.gateway.group;

import dev.darkroom.ledger.groups.FinishedGroup;

/** Is told that all jobs of a group have ended. */
public interface GroupEndListener {
  /** May be called again for the same group: it goes on until Kafka has the group's event. */
  void groupEnded(FinishedGroup group);
}
