package dev.darkroom.ledger;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import org.jspecify.annotations.Nullable;

/** Which log rows are asked for; what is null does not filter. */
public record LogFilter(
    @Nullable RequestId requestId, @Nullable JobStatus status, @Nullable String userId) {}
