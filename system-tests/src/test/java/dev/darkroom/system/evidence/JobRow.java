package dev.darkroom.system.evidence;

import dev.darkroom.model.JobStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code generation_jobs}. */
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
    @Nullable Instant eventPublishedAt) {
  public boolean hasEnded() {
    return status.isTerminal();
  }
}
