package dev.darkroom.ledger.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/** The build that a process runs, as labels of a gauge that is always 1. */
public final class BuildInfo {
  private BuildInfo() {}

  /**
   * Registers the gauge.
   *
   * @param version null where it is unknown
   * @param commit null where it is unknown
   */
  public static void register(
      MeterRegistry meters, @Nullable String version, @Nullable String commit) {
    Gauge.builder("darkroom.build.info", () -> 1)
        .description("The build that runs, in its labels; always 1")
        .tags(Tags.of("version", known(version), "commit", known(commit)))
        .register(meters);
  }

  private static String known(@Nullable String value) {
    return value == null || value.isBlank() ? "unknown" : value;
  }
}
