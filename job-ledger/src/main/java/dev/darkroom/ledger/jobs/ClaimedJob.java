package dev.darkroom.ledger.jobs;

import dev.darkroom.model.JobMessage;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job that this worker now holds, with its intent already in the log.
 *
 * @param timeLeft until its deadline, by the ledger's clock
 */
public record ClaimedJob(
    Attempt attempt, JobMessage message, @Nullable TraceParent trace, Duration timeLeft) {}
