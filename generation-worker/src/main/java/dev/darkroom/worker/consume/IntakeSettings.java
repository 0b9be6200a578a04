package dev.darkroom.worker.consume;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param mode in which kind of group the workers share the jobs; the same for all workers
 * @param batch records per poll; 0 stands for an eighth of {@code darkroom.worker.concurrency}.
 *     Records beyond the capacity wait here, unclaimed, while another worker might be free; small
 *     batches cost a busy worker more polls
 * @param poll how long to wait for a record; ended early by a stop, so longer is better
 * @param hold how long records may wait here before they are given back; must be well below the
 *     broker's lock of 30 s
 */
@Validated
@ConfigurationProperties("darkroom.intake")
record IntakeSettings(
    @DefaultValue("share") IntakeMode mode,
    @DefaultValue("0") @Min(0) @Max(500) int batch,
    @DefaultValue("30s") @DurationMin(millis = 100) @DurationMax(minutes = 5) Duration poll,
    @DefaultValue("15s") @DurationMin(millis = 100) @DurationMax(seconds = 25) Duration hold) {
  private static final int MOST = 500;

  /** Records per poll in a worker with this many slots. */
  int batchFor(int slots) {
    return batch > 0 ? batch : Math.clamp(slots / 8, 1, MOST);
  }
}
