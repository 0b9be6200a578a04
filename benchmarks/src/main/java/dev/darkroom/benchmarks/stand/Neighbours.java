package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How much of the processors others took while something was measured. Numbers taken beside busy
 * neighbours are worth little, and should say so.
 */
public final class Neighbours {
  private static final int IDLE = 3;
  private static final int WAITING_FOR_DISK = 4;
  private static final int GUEST = 8;

  private final Stand stand;
  private final double busyBefore;
  private final double allBefore;
  private final double ownBefore;

  private Neighbours(Stand stand, double busy, double all, double own) {
    this.stand = stand;
    this.busyBefore = busy;
    this.allBefore = all;
    this.ownBefore = own;
  }

  public static Neighbours watch(Stand stand) throws IOException {
    var ticks = ticks();
    return new Neighbours(stand, busy(ticks), all(ticks), own(stand));
  }

  /** Their share of all processors since then, in per cent. */
  public double percentTaken() throws IOException {
    var ticks = ticks();
    double others = busy(ticks) - busyBefore - (own(stand) - ownBefore);
    return Math.max(0, others) / (all(ticks) - allBefore) * 100;
  }

  /** Of all processors together: user, nice, system, idle, waiting, irq, softirq, stolen. */
  private static double[] ticks() throws IOException {
    var line = Files.readAllLines(Path.of("/proc/stat")).getFirst();
    return Arrays.stream(line.strip().split(" +"))
        .skip(1)
        .limit(GUEST)
        .mapToDouble(Double::parseDouble)
        .toArray();
  }

  private static double all(double[] ticks) {
    return Arrays.stream(ticks).sum();
  }

  private static double busy(double[] ticks) {
    return all(ticks) - ticks[IDLE] - ticks[WAITING_FOR_DISK];
  }

  private static double own(Stand stand) throws IOException {
    double millis =
        ProcessorTime.millisWithChildren(ProcessHandle.current().pid())
            + ProcessorTime.millisWithChildren(stand.postmaster());
    return millis / ProcessorTime.MILLIS_PER_TICK;
  }
}
