package dev.darkroom.benchmarks.stand;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.regex.Pattern;

/** The Java heap of another process, as the JDK's {@code jcmd} tells it. */
public final class Heap {
  private static final Pattern USED = Pattern.compile("\\bused (\\d+)([KM])");
  private static final double KIB_PER_MIB = 1024;

  private Heap() {}

  /** What is left in the heap after a collection, in MiB. */
  public static double usedMib(ChildProcess process) throws IOException {
    var _ = jcmd(process, "GC.run");
    return used(jcmd(process, "GC.heap_info"));
  }

  /** The sum over the generations; what follows them is not heap. */
  static double used(String heapInfo) {
    int end = heapInfo.indexOf("Metaspace");
    var used = USED.matcher(end < 0 ? heapInfo : heapInfo.substring(0, end));
    double mebibytes = 0;
    while (used.find()) {
      double size = Long.parseLong(used.group(1));
      mebibytes += used.group(2).equals("M") ? size : size / KIB_PER_MIB;
    }
    return mebibytes;
  }

  private static String jcmd(ChildProcess process, String command) throws IOException {
    var jcmd =
        new ProcessBuilder(
                ChildProcess.javaHome().resolve("bin").resolve("jcmd").toString(),
                Long.toString(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    try (var output = jcmd.getInputStream()) {
      return new String(output.readAllBytes(), UTF_8);
    }
  }
}
