package dev.darkroom.ledger.jobs;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the ledger.
 *
 * @param publishReservation how long whoever accepted, ended or swept up a job has to publish its
 *     record before another sweep does it too
 * @param republishAfter how much later others may have been enqueued that are taken up before a
 *     job, until its record counts as lost and is published again. Where none is taken up at all,
 *     it is published again after five times as long, and then ever more rarely
 */
@Validated
@ConfigurationProperties("darkroom.ledger")
record LedgerSettings(
    @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 10)
        Duration publishReservation,
    @DefaultValue("1m") @DurationMin(seconds = 1) @DurationMax(hours = 1)
        Duration republishAfter) {}
