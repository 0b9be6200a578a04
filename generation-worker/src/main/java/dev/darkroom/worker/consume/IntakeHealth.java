package dev.darkroom.worker.consume;

import dev.darkroom.messaging.KafkaHealth;
import dev.darkroom.messaging.KafkaHealth.KafkaConcern;
import dev.darkroom.worker.consume.JobConsumer.IntakeState;
import java.util.Locale;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * What the worker waits for. Up also while Kafka or the ledger is away: a restart would not help.
 */
record IntakeHealth(JobConsumer consumer, IntakeMode mode, KafkaHealth kafka)
    implements HealthIndicator {
  private static final String REFUSED = "waits for Kafka, which refuses this worker";

  @Override
  public Health health() {
    var health = Health.up();
    var refused = kafka.reason(KafkaConcern.INTAKE);
    refused
        .or(() -> kafka.reason(KafkaConcern.TOPICS))
        .ifPresent(reason -> health.withDetail("reason", reason));
    return health
        .withDetail("mode", mode.name().toLowerCase(Locale.ROOT))
        .withDetail("state", refused.isPresent() ? REFUSED : consumer.state().inWords())
        .build();
  }

  /**
   * Out of service until the worker has joined its group, and up from then on: a rolling restart
   * must not stop the last worker that takes jobs. A worker without capacity does not poll and
   * joins later, so it is not waited for.
   */
  static Health membership(JobConsumer consumer) {
    return consumer.hasJoined() || consumer.state() == IntakeState.AWAITS_CAPACITY
        ? Health.up().build()
        : Health.outOfService().build();
  }
}
