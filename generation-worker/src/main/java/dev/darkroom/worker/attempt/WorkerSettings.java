package dev.darkroom.worker.attempt;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of a worker.
 *
 * @param id names it in ledger and log; must differ between workers and between runs of one, so
 *     that none renews another's leases. Where it is blank, host, process and a random number make
 *     one.
 * @param concurrency jobs under way at once
 * @param lease how long a job stays with a silent worker; renewed every third of it
 * @param drain how long jobs in hand may take to end when the worker is stopped
 */
@Validated
@ConfigurationProperties("darkroom.worker")
record WorkerSettings(
    @DefaultValue("") @Pattern(regexp = "[\\w.:-]{0,128}") String id,
    @DefaultValue("16") @Min(1) @Max(10_000) int concurrency,
    @DefaultValue("30s") @DurationMin(seconds = 1) @DurationMax(minutes = 30) Duration lease,
    @DefaultValue("30s") @DurationMin(millis = 0) @DurationMax(minutes = 30) Duration drain) {

  WorkerSettings {
    id = id.isBlank() ? ownName() : id;
  }

  private static String ownName() {
    var process = ManagementFactory.getRuntimeMXBean().getName().replaceAll("[^\\w.:-]", "-");
    return process + "-" + HexFormat.of().toHexDigits((short) new SecureRandom().nextInt());
  }
}
