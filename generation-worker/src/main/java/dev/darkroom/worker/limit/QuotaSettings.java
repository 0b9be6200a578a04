package dev.darkroom.worker.limit;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What Nebius grants. The same for all workers: what the one that started last says holds.
 *
 * @param requestsPerMinute calls that all workers together make in a minute at first; the limit
 *     then follows what Nebius says. 0 stands for no limit
 */
@Validated
@ConfigurationProperties("darkroom.nebius")
record QuotaSettings(@DefaultValue("0") @Min(0) @Max(1_000_000) int requestsPerMinute) {

  boolean isLimited() {
    return requestsPerMinute > 0;
  }
}
