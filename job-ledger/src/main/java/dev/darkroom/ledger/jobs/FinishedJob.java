package dev.darkroom.ledger.jobs;

import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that has ended, with its completion event.
 *
 * @param took from accepting it to its end
 */
public record FinishedJob(
    GenerationEvent event, Instant finishedAt, Duration took, @Nullable TraceParent trace) {}
