package dev.darkroom.ledger.loop;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Down while a loop fails with an {@link Error}, which a restart may cure. Other failures, such as
 * those of an outage, pass by themselves: a loop that has not succeeded for long is a detail.
 */
record LoopHealth(ObjectProvider<BackgroundLoop> loops) implements HealthIndicator {
  @Override
  public Health health() {
    var health = Health.up();
    loops.stream().filter(BackgroundLoop::isLate).forEach(loop -> late(health, loop));
    loops.forEach(loop ->
        loop.error().ifPresent(error -> health.down().withDetail(loop.name(), error.toString())));
    return health.build();
  }

  private static void late(Health.Builder health, BackgroundLoop loop) {
    health.withDetail(
        loop.name(), "no round has succeeded for %d s".formatted(loop.age().toSeconds()));
  }
}
