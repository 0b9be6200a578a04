package dev.darkroom.system.clients;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a client that asked for its job was told last. */
public record ClientObservations(
    Instant at, UUID requestId, String status, @Nullable String imageUrl) {
  public boolean hasEnded() {
    return status.equals("completed") || status.equals("failed");
  }
}
