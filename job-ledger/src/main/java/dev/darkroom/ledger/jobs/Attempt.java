package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;

/**
 * A worker's hold on a job. The number is the fence: once another attempt has begun, nothing that
 * is reported for this one changes the job.
 *
 * @param number 1 for the first call
 */
public record Attempt(RequestId requestId, int number, String workerId) {}
