package dev.darkroom.ledger.log;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code generation_logs}.
 *
 * @param step mostly a {@link dev.darkroom.model.Step}'s word; rows of the service that Darkroom
 *     replaces may have others
 */
public record LogEntry(
    UUID id,
    RequestId requestId,
    String userId,
    String prompt,
    JobStatus status,
    String step,
    @Nullable Map<String, Object> details,
    @Nullable String imageUrl,
    Instant createdAt) {}
