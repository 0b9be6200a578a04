package dev.darkroom.ledger.jobs;

import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that this worker now holds, with the call to come already in the log.
 *
 * @param parameters exactly what is to be sent
 * @param timeLeft until its deadline, by the ledger's clock
 */
public record ClaimedJob(
    Attempt attempt,
    String userId,
    Map<String, Object> parameters,
    @Nullable TraceParent trace,
    Duration timeLeft) {}
