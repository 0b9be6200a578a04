package dev.darkroom.simulator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * What was asked for and what is to be paid. The last {@value #KEPT} calls are kept; {@link
 * #total()} also counts those forgotten since.
 */
public final class Bill {
  static final int KEPT = 100_000;

  private final ArrayDeque<SimulatedCall> calls = new ArrayDeque<>();
  private long lastNumber;
  private long total;

  Bill() {}

  /** How many pictures were billed since the start or the last {@link #clear()}. */
  public synchronized long total() {
    return total;
  }

  /** How many of the calls kept were billed for exactly this prompt. */
  public long billedFor(String prompt) {
    return calls().stream().filter(call -> call.billed() && call.prompt().equals(prompt)).count();
  }

  /**
   * How many of the calls kept were billed, by prompt; a prompt that was never billed is absent.
   */
  public Map<String, Long> byPrompt() {
    return calls().stream()
        .filter(SimulatedCall::billed)
        .collect(Collectors.groupingBy(SimulatedCall::prompt, Collectors.counting()));
  }

  /** The calls kept, billed or not, oldest first. */
  public synchronized List<SimulatedCall> calls() {
    return List.copyOf(calls);
  }

  public synchronized void clear() {
    calls.clear();
    total = 0;
  }

  /** Adds the call made for the next number. */
  synchronized SimulatedCall add(LongFunction<SimulatedCall> numbered) {
    var call = numbered.apply(++lastNumber);
    if (calls.size() == KEPT) {
      calls.removeFirst();
    }
    calls.addLast(call);
    total += call.billed() ? 1 : 0;
    return call;
  }
}
