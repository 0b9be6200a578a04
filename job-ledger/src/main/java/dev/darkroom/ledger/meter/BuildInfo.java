package dev.darkroom.ledger.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/** Which build a process runs, as the labels of a gauge that is always 1. */
public final class BuildInfo {
  private BuildInfo() {}

  /**
   * Registers the gauge.
   *
   * @param version null where it does not run from a build
   * @param commit null where the build did not know it
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
