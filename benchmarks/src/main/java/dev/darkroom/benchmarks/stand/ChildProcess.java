package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, whose output goes to a file. */
public final class ChildProcess implements AutoCloseable {
  private static final int SECONDS_TO_STOP = 40;

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private final String name;
  private final Process process;
  private final Path output;

  private ChildProcess(String name, Process process, Path output) {
    this.name = name;
    this.process = process;
    this.output = output;
  }

  /**
   * Starts the same Java as this one.
   *
   * @param folder its working directory; its output goes to {@code output} there
   */
  static ChildProcess java(
      String name, Path folder, List<String> arguments, Map<String, String> environment)
      throws IOException {
    Files.createDirectories(folder);
    var command = new ArrayList<String>();
    command.add(javaHome().resolve("bin").resolve("java").toString());
    command.addAll(arguments);
    var output = folder.resolve("output");
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    var process = builder.start();
    RUNNING.add(process);
    return new ChildProcess(name, process, output);
  }

  /** For the hook of a run that is ended from outside. */
  static void killAll() {
    RUNNING.forEach(Process::destroyForcibly);
  }

  static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  public long pid() {
    return process.pid();
  }

  Process process() {
    return process;
  }

  /** What it said, for the exception of whoever waits in vain for it. */
  public void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(name + " has ended; it said:\n" + Files.readString(output));
    }
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  /** Ends it at once, as nobody should. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Asks it to stop, and makes it if it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
