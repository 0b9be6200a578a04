package dev.darkroom.worker.run;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param id names it in ledger and log, and is shown to clients. A random end is added to what is
 *     set, so that no process renews another's lease.
 * @param concurrency jobs that run at once
 * @param lease how long a job stays with a silent worker; renewed every third of it
 * @param drain how long running jobs may take to finish when the worker is stopped; null is for as
 *     long as a call may take
 */
@Validated
@ConfigurationProperties("darkroom.worker")
record WorkerSettings(
    @DefaultValue("") @Pattern(regexp = "[\\w.:-]{0,128}") String id,
    @DefaultValue("16") @Min(1) @Max(10_000) int concurrency,
    @DefaultValue("30s") @DurationMin(seconds = 1) @DurationMax(minutes = 30) Duration lease,
    @DurationMin(millis = 0) @DurationMax(minutes = 70) @Nullable Duration drain) {

  WorkerSettings {
    id = (id.isBlank() ? "w" : id) + "-" + random();
  }

  /** How long running jobs may take to finish when the worker is stopped. */
  Duration drainOr(Duration callTimeout) {
    return Objects.requireNonNullElse(drain, callTimeout);
  }

  /** Clients see it, so it does not contain host and process; the log has them. */
  private static String random() {
    var random = new byte[5];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
