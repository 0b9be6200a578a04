package dev.darkroom.worker.consume;

import dev.darkroom.messaging.KafkaTroubles;
import dev.darkroom.messaging.KafkaTroubles.Concern;
import java.util.Locale;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Up as long as waiting may help, also while Kafka or the ledger is away: a worker that waits must
 * not be restarted for it. Down once nothing takes jobs any more, which only a restart cures.
 */
record IntakeHealth(TakeJobs intake, IntakeMode mode, KafkaTroubles troubles)
    implements HealthIndicator {
  private static final String REFUSED = "waits for Kafka, which refuses this worker";

  @Override
  public Health health() {
    var state = intake.state();
    var health =
        switch (state) {
          case DIED -> Health.down();
          case STOPPED, JOINS_GROUP, AWAITS_TOPICS, AWAITS_LEDGER, AWAITS_ROOM, TAKES_JOBS ->
              Health.up();
        };
    var refused = troubles.reason(Concern.INTAKE);
    refused
        .or(() -> troubles.reason(Concern.TOPICS))
        .ifPresent(reason -> health.withDetail("reason", reason));
    return health
        .withDetail("mode", mode.name().toLowerCase(Locale.ROOT))
        .withDetail("state", refused.isPresent() ? REFUSED : state.inWords())
        .build();
  }
}
