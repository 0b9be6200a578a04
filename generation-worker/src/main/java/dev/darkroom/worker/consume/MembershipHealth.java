package dev.darkroom.worker.consume;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Out of service until the worker has joined its group, for good from then on: whoever restarts
 * workers one after the other must not stop the last one that takes jobs. One that could take none
 * anyway, as Nebius refuses it or the quota is used up, does not ask to join, and is not waited
 * for.
 */
record MembershipHealth(TakeJobs intake) implements HealthIndicator {
  @Override
  public Health health() {
    return intake.hasJoined() || intake.state() == IntakeState.AWAITS_ROOM
        ? Health.up().build()
        : Health.outOfService().build();
  }
}
