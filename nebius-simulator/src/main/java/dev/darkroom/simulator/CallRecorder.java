package dev.darkroom.simulator;

import org.jspecify.annotations.Nullable;

/** Some of the calls to come; nothing happens until it is said what they {@link #meet}. */
public final class CallRecorder {
  private final FaultPlan plan;
  private final @Nullable String prompt;
  private final @Nullable Long times;
  private final @Nullable Double probability;

  CallRecorder(FaultPlan plan, @Nullable Long times) {
    this(plan, null, times, null);
  }

  private CallRecorder(
      FaultPlan plan, @Nullable String prompt, @Nullable Long times, @Nullable Double probability) {
    this.plan = plan;
    this.prompt = prompt;
    this.times = times;
    this.probability = probability;
  }

  /** Only those of them whose prompt contains {@code part}. */
  public CallRecorder whosePromptContains(String part) {
    return new CallRecorder(plan, part, times, probability);
  }

  /**
   * Only a share of them, above 0 and at most 1; a number of calls then counts those that met the
   * fault.
   */
  public CallRecorder withProbability(double share) {
    return new CallRecorder(plan, prompt, times, share);
  }

  public void meet(Fault fault) {
    plan.add(new FaultRule(prompt, times, probability, fault));
  }
}
