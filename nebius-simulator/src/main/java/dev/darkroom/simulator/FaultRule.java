package dev.darkroom.simulator;

import org.jspecify.annotations.Nullable;

/**
 * Which calls meet a fault. As JSON an object with these four fields, the first three optional.
 *
 * @param prompt a part of the prompt, case-sensitive; null for any prompt
 * @param times how often the fault is still played, at least 1; null until the faults are cleared
 * @param probability with which a matching call meets the fault, above 0 and at most 1; null for 1
 */
public record FaultRule(
    @Nullable String prompt, @Nullable Long times, @Nullable Double probability, Fault fault) {
  public FaultRule {
    if (fault == null) { // JSON may leave it out
      throw new IllegalArgumentException("a rule needs a fault");
    }
    if (times != null && times < 1) {
      throw new IllegalArgumentException("times is at least 1, not " + times);
    }
    if (probability != null && !(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "probability is above 0 and at most 1, not " + probability);
    }
  }

  boolean matches(String wholePrompt) {
    return prompt == null || wholePrompt.contains(prompt);
  }

  /** What is left of this rule after its fault was played once, or null if nothing is. */
  @Nullable FaultRule playedOnce() {
    if (times == null) {
      return this;
    }
    return times == 1 ? null : new FaultRule(prompt, times - 1, probability, fault);
  }
}
