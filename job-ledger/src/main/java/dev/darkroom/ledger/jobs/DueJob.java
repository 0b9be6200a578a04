package dev.darkroom.ledger.jobs;

import dev.darkroom.model.JobMessage;
import dev.darkroom.model.TraceParent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job whose record is to be sent to Kafka by whoever got this, unless it is held back.
 *
 * @param acceptedAt when {@code request_received} was recorded
 * @param reservedUntil nobody else publishes the job before then; names this reservation when the
 *     job is marked
 */
public record DueJob(
    JobMessage message, @Nullable TraceParent trace, Instant acceptedAt, Instant reservedUntil) {}
