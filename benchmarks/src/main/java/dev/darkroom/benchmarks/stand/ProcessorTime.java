package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Processor time of processes, and memory, as Linux tells it in <a
 * href="https://man7.org/linux/man-pages/man5/proc.5.html">/proc</a>.
 */
public final class ProcessorTime {
  /** Linux counts in hundredths of a second, whatever the kernel's own tick. */
  static final double MILLIS_PER_TICK = 10;

  private static final int PARENT = 1;
  private static final int USER = 11;
  private static final int CHILDREN_SYSTEM = 14;
  private static final int OWN = 2;

  private ProcessorTime() {}

  /** Of one process, in milliseconds. */
  public static double millis(long pid) throws IOException {
    return ticks(stat(pid), OWN) * MILLIS_PER_TICK;
  }

  /** Of a process and all that it started, those that have ended included, in milliseconds. */
  public static double millisWithChildren(long pid) throws IOException {
    double ticks = ticks(stat(pid), CHILDREN_SYSTEM - USER + 1);
    for (var child : childrenOf(pid)) {
      try {
        ticks += ticks(stat(child), CHILDREN_SYSTEM - USER + 1);
      } catch (NoSuchFileException e) {
        // ended in this moment; it is counted with its parent from now on
      }
    }
    return ticks * MILLIS_PER_TICK;
  }

  /** The most memory it has had at once, in MiB. */
  public static double peakMemoryMib(long pid) throws IOException {
    return status(pid, "VmHWM:");
  }

  public static double memoryMib(long pid) throws IOException {
    return status(pid, "VmRSS:");
  }

  private static double status(long pid, String name) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).replace("kB", "").strip())
        .mapToDouble(kibibytes -> Long.parseLong(kibibytes) / 1024.0)
        .findFirst()
        .orElseThrow(() -> new IOException(name + " is missing"));
  }

  private static List<Long> childrenOf(long parent) throws IOException {
    var children = new ArrayList<Long>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        try {
          if (Long.parseLong(stat(pid)[PARENT]) == parent) {
            children.add(pid);
          }
        } catch (IOException e) {
          // ended in this moment
        }
      }
    }
    return children;
  }

  /** What follows the program's name, which may hold blanks and is in brackets. */
  private static String[] stat(long pid) throws IOException {
    var line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    return line.substring(line.lastIndexOf(')') + 2).split(" ");
  }

  private static double ticks(String[] stat, int fields) {
    double ticks = 0;
    for (int field = USER; field < USER + fields; field++) {
      ticks += Long.parseLong(stat[field]);
    }
    return ticks;
  }
}
