package dev.darkroom.system.evidence;

import dev.darkroom.model.JobStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code generation_jobs}.
 *
 * @param callsBilled calls that were surely billed, as far as the ledger knows
 * @param callsUnknown calls of which it does not know
 * @param hasWebhook whether somebody wants to be told of its end
 * @param published whether it has left the queue, because Kafka has its completion event
 */
public record JobRow(
    UUID id,
    String prompt,
    long seed,
    JobStatus status,
    int attempt,
    Instant createdAt,
    Instant deadlineAt,
    @Nullable Instant finishedAt,
    @Nullable String imageUrl,
    @Nullable String sha256,
    @Nullable String contentType,
    @Nullable Long bytes,
    @Nullable String errorCode,
    @Nullable String errorMessage,
    int callsBilled,
    int callsUnknown,
    boolean hasWebhook,
    boolean published) {
  public boolean hasEnded() {
    return status.isTerminal();
  }
}
