package dev.darkroom.ledger.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;

/** A gauge of a dependency: 1 while it does not answer or refuses to work. */
public final class DependencyTrouble {
  private DependencyTrouble() {}

  /**
   * Registers the gauge of one dependency.
   *
   * @param dependency such as {@code database}
   * @param trouble called whenever metrics are read, so it must not block
   */
  public static void register(MeterRegistry meters, String dependency, BooleanSupplier trouble) {
    Gauge.builder("darkroom.dependency.trouble", () -> trouble.getAsBoolean() ? 1 : 0)
        .description("1 while the database, Kafka or the picture store does not work")
        .tag("dependency", dependency)
        .register(meters);
  }
}
