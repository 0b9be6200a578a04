package dev.darkroom.simulator;

import java.util.List;
import java.util.Objects;

/**
 * Latency and rules as the control API shows and takes them; what is left out is no latency and no
 * rules.
 */
public record FaultSheet(Latency latency, List<FaultRule> rules) {
  public FaultSheet {
    latency = Objects.requireNonNullElse(latency, Latency.NONE);
    rules = List.copyOf(Objects.requireNonNullElse(rules, List.of()));
  }
}
