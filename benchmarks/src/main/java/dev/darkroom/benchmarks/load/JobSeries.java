package dev.darkroom.benchmarks.load;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The jobs of one load, by number: how they can be told apart, and when each was sent. Each number
 * is used by one thread; read the times after the load has ended.
 */
public final class JobSeries {
  private static final String SCENE =
      "a lighthouse on a cliff above a stormy sea at dusk, seen from a small boat, with gulls";

  private final String name;
  private final InstantSource clock;
  private final long[] nanos;
  private final long[] micros;

  /**
   * @param name makes its prompts different from those of other loads
   * @param size jobs at most
   */
  public JobSeries(String name, int size, InstantSource clock) {
    this.name = name;
    this.clock = clock;
    this.nanos = new long[size];
    this.micros = new long[size];
  }

  public int size() {
    return nanos.length;
  }

  /** By which a job's call is known when it arrives at the provider. */
  public String tag(int number) {
    return "%s-%06d".formatted(name, number);
  }

  /** A pattern that fits the prompts of these jobs and no others, for SQL's {@code like}. */
  public String pattern() {
    return "<" + name + "-%";
  }

  /** All of one length; the tag stands in angle brackets. */
  String prompt(int number) {
    return prompt(tag(number));
  }

  static String prompt(String tag) {
    return "<" + tag + "> " + SCENE;
  }

  void sendingNow(int number) {
    micros[number] = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    nanos[number] = System.nanoTime();
  }

  /** When it was sent, in terms of {@link System#nanoTime}. */
  public long sentNanos(int number) {
    return nanos[number];
  }

  /** When it was sent, in microseconds since 1970. */
  public long sentMicros(int number) {
    return micros[number];
  }
}
