package dev.darkroom.system.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/** Which fault comes next: every kind once in each round, each round in another order. */
final class Schedule implements Iterator<Fault> {
  private final Random dice;
  private final List<Fault> round = new ArrayList<>();

  Schedule(Random dice) {
    this.dice = dice;
  }

  /** There is always another. */
  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public Fault next() {
    if (round.isEmpty()) {
      round.addAll(List.of(Fault.values()));
      Collections.shuffle(round, dice);
    }
    return round.removeLast();
  }
}
