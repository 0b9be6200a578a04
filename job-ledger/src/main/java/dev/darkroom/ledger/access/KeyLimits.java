package dev.darkroom.ledger.access;

import org.jspecify.annotations.Nullable;

/**
 * What an API key changes about the limits of its owner's requests; {@code null} leaves the
 * default.
 *
 * @param requestsPerSecond submissions per second
 * @param openJobs jobs of the owner that may be open at a time
 * @param jobsPerDay jobs that the key may submit per day (UTC)
 * @param weight the owner's share of the workers, 1 to 100, where several wait; 1 by default
 */
public record KeyLimits(
    @Nullable Integer requestsPerSecond,
    @Nullable Integer openJobs,
    @Nullable Integer jobsPerDay,
    @Nullable Integer weight) {
  public static final KeyLimits DEFAULTS = new KeyLimits(null, null, null, null);
}
