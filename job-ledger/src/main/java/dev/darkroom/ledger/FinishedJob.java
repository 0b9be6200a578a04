package dev.darkroom.ledger;

import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.TraceParent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A job that has ended: what its completion event says, and when it ended. */
public record FinishedJob(GenerationEvent event, Instant finishedAt, @Nullable TraceParent trace) {}
