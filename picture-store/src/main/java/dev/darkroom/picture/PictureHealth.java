package dev.darkroom.picture;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether pictures can be kept. It is no part of readiness: a restart would not help. */
record PictureHealth(PictureStore store) implements HealthIndicator {
  @Override
  public Health health() {
    return store
        .trouble()
        .map(reason -> Health.down().withDetail("reason", reason).build())
        .orElseGet(() -> Health.up().build());
  }
}
