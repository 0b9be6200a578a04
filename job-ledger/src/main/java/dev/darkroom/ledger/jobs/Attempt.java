package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;

/**
 * One attempt at a job. Its number is the fence: once another attempt has begun, a report of this
 * one changes nothing.
 *
 * @param number 1 for the first call
 */
public record Attempt(RequestId requestId, int number, String workerId) {}
