package dev.darkroom.worker.limit;

/** Makes the permits of each provider. */
@FunctionalInterface
public interface CallLimits {
  /**
   * The permits of a provider.
   *
   * @param requestsPerMinute calls that all workers together make in a minute, until the provider
   *     says how many it grants; 0 for no limit
   */
  CallPermits of(String provider, int requestsPerMinute);
}
