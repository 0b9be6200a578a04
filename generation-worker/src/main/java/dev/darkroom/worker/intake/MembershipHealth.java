package dev.darkroom.worker.intake;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Out of service until the worker has joined its group, for good from then on: whoever restarts
 * workers one after the other must not stop the last one that takes jobs.
 */
record MembershipHealth(TakeJobs intake) implements HealthIndicator {
  @Override
  public Health health() {
    return intake.hasJoined() ? Health.up().build() : Health.outOfService().build();
  }
}
