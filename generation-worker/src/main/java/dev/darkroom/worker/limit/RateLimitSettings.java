package dev.darkroom.worker.limit;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What Nebius grants. The same for all workers: the value of the worker that started last holds.
 *
 * @param requestsPerMinute calls that all workers together make in a minute, until Nebius says how
 *     many it grants. 0 means no limit
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record RateLimitSettings(@DefaultValue("0") @Min(0) @Max(1_000_000) int requestsPerMinute) {

  boolean isLimited() {
    return requestsPerMinute > 0;
  }
}
