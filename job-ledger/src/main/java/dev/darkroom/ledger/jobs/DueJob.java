package dev.darkroom.ledger.jobs;

import dev.darkroom.model.JobMessage;
import dev.darkroom.model.TraceParent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that its holder has to send to Kafka, unless it waits for its turn.
 *
 * @param acceptedAt when {@code request_received} was recorded
 * @param reservedUntil no other process publishes the job before then; identifies this reservation
 *     when the job is marked
 */
public record DueJob(
    JobMessage message, @Nullable TraceParent trace, Instant acceptedAt, Instant reservedUntil) {}
