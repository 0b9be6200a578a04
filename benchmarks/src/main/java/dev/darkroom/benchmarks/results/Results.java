package dev.darkroom.benchmarks.results;

import java.util.List;

/**
 * A run.
 *
 * @param commit what was measured
 * @param date on which day, ISO 8601
 * @param machine processors and memory; no name
 */
public record Results(
    String commit,
    String date,
    String machine,
    String jvm,
    String postgresql,
    String kafka,
    List<Finding> findings) {
  public Results {
    findings = List.copyOf(findings);
  }
}
