package dev.darkroom.ledger.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are wanted; what is null does not filter.
 *
 * @param since only entries of then or later
 * @param until only earlier ones
 */
public record AuditFilter(
    @Nullable String actor,
    @Nullable AuditAction action,
    @Nullable String target,
    @Nullable Instant since,
    @Nullable Instant until) {}
