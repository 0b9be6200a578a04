package dev.darkroom.local;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C for what a script started. A shell that is not interactive ignores SIGINT for what it
 * starts with {@code &}, and Java leaves a signal alone that was ignored before it came; what it
 * does on SIGTERM is then asked of the system for SIGINT as well.
 */
final class InterruptSignal {
  private static final Logger log = LoggerFactory.getLogger(InterruptSignal.class);
  private static final int NUMBER = 2;
  private static final int TERMINATE = 15;

  /** More than a {@code struct sigaction} has on any system; it is copied as it is. */
  private static final int ENOUGH_BYTES = 1024;

  private InterruptSignal() {}

  static void heed() {
    try {
      if (isIgnored()) {
        treatAsTermination();
      }
    } catch (Throwable e) { // it is a convenience
      log.debug("SIGINT stays ignored", e);
    }
  }

  /** Where there is no such file, as on macOS, it can't be told. */
  private static boolean isIgnored() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return false;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(ignored -> (ignored & (1L << (NUMBER - 1))) != 0);
    }
  }

  @SuppressWarnings("restricted")
  private static void treatAsTermination() throws Throwable {
    var linker = Linker.nativeLinker();
    var sigaction =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("sigaction"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    try (var arena = Arena.ofConfined()) {
      var action = arena.allocate(ENOUGH_BYTES, 16);
      if ((int) sigaction.invokeExact(TERMINATE, MemorySegment.NULL, action) == 0) {
        var _ = (int) sigaction.invokeExact(NUMBER, action, MemorySegment.NULL);
      }
    }
  }
}
