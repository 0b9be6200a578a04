package dev.darkroom.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each call meets: the oldest matching rule with a number of times, else the oldest
 * matching one without. So "the next call" can be told apart on top of what "every call" meets.
 */
final class FaultPlan {
  private final RandomGenerator dice;
  private final List<FaultRule> rules = new ArrayList<>();
  private Latency latency;
  private CountDownLatch hold = new CountDownLatch(1);

  FaultPlan(Latency latency, RandomGenerator dice) {
    this.latency = latency;
    this.dice = dice;
  }

  synchronized void add(FaultRule rule) {
    rules.add(rule);
  }

  /** Both at once: a hanging call must notice a clearing that comes right after it was billed. */
  synchronized Met meet(String prompt) {
    return new Met(next(prompt), hold);
  }

  /** The fault this call meets, or null; a rule that was played for the last time is gone. */
  synchronized @Nullable Fault next(String prompt) {
    var rule = choose(prompt, true);
    if (rule == null) {
      rule = choose(prompt, false);
    }
    if (rule == null) {
      return null;
    }
    var left = rule.playedOnce();
    if (left == null) {
      rules.remove(rule);
    } else {
      rules.set(rules.indexOf(rule), left);
    }
    return rule.fault();
  }

  private @Nullable FaultRule choose(String prompt, boolean counted) {
    for (var rule : rules) {
      if ((rule.times() != null) == counted && rule.matches(prompt) && isHit(rule)) {
        return rule;
      }
    }
    return null;
  }

  private boolean isHit(FaultRule rule) {
    return rule.probability() == null || dice.nextDouble() < rule.probability();
  }

  synchronized Duration drawLatency() {
    return latency.draw(dice);
  }

  synchronized void setLatency(Latency latency) {
    this.latency = latency;
  }

  synchronized FaultSheet sheet() {
    return new FaultSheet(latency, rules);
  }

  /** Replaces latency and rules, and lets go of every call that hangs. */
  synchronized void replace(FaultSheet sheet) {
    latency = sheet.latency();
    clearRules();
    rules.addAll(sheet.rules());
  }

  synchronized void clearRules() {
    rules.clear();
    hold.countDown();
    hold = new CountDownLatch(1);
  }

  /**
   * What a call met.
   *
   * @param cleared falls when the rules that held at that moment are taken back
   */
  record Met(@Nullable Fault fault, CountDownLatch cleared) {}
}
