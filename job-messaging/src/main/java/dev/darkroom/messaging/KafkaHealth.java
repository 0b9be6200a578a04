package dev.darkroom.messaging;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Down while something keeps this process from using Kafka, with the reasons. In no group of its
 * own accord: without Kafka jobs are accepted all the same, and a restart helps nobody.
 */
record KafkaHealth(KafkaTroubles troubles) implements HealthIndicator {
  @Override
  public Health health() {
    var lasting = troubles.all();
    return lasting.isEmpty() ? Health.up().build() : Health.down().withDetails(lasting).build();
  }
}
