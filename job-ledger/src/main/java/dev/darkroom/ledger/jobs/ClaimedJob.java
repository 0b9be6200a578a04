package dev.darkroom.ledger.jobs;

import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that this worker now holds, with the call to come already in the log.
 *
 * @param provider that is to be called
 * @param model as the job names it, or its gateway; empty where it has none
 * @param parameters exactly what is to be sent, with the model's name at the provider
 * @param timeLeft until its deadline, by the ledger's clock
 */
public record ClaimedJob(
    Attempt attempt,
    String userId,
    String provider,
    String model,
    Map<String, Object> parameters,
    @Nullable TraceParent trace,
    Duration timeLeft) {}
