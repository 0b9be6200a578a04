package dev.darkroom.system.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Which fault comes next: every kind once in each round, each round in another order. */
final class Schedule implements Iterator<ChaosFault> {
  private final List<ChaosFault> kinds;
  private final Random dice;
  private final List<ChaosFault> round = new ArrayList<>();

  Schedule(List<ChaosFault> kinds, Random dice) {
    this.kinds = List.copyOf(kinds);
    this.dice = dice;
  }

  /** There is always another. */
  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public ChaosFault next() {
    if (round.isEmpty()) {
      round.addAll(kinds);
      Collections.shuffle(round, dice);
    }
    return round.removeLast();
  }
}
