package dev.darkroom.ledger.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.BooleanSupplier;

/** A gauge of what a process depends on: 1 while that is away or refuses to work. */
public final class DependencyTrouble {
  private DependencyTrouble() {}

  /**
   * Registers the gauge of one dependency.
   *
   * @param dependency such as {@code database}
   * @param trouble asked whenever the metrics are read, so it must not wait
   */
  public static void register(MeterRegistry meters, String dependency, BooleanSupplier trouble) {
    Gauge.builder("darkroom.dependency.trouble", () -> trouble.getAsBoolean() ? 1 : 0)
        .description("1 while the database, Kafka or the picture store does not work")
        .tag("dependency", dependency)
        .register(meters);
  }
}
