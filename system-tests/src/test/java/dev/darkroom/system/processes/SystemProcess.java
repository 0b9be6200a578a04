package dev.darkroom.system.processes;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process of the tested system, which can be ended in any way and started again as it was. What
 * it prints is appended to its log.
 */
public final class SystemProcess implements AutoCloseable {
  /** What a child may know of the machine; settings of whoever runs the tests are none of it. */
  private static final Set<String> KEPT_ENVIRONMENT =
      Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR");

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    // Children outlive their parent; those of a run that is broken off must not.
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().unstarted(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path folder;
  private @Nullable Process process;

  public SystemProcess(
      String name, List<String> command, Map<String, String> environment, Path folder) {
    this.name = name;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.folder = folder;
  }

  public String name() {
    return name;
  }

  public Path log() {
    return folder.resolve(name + ".log");
  }

  public synchronized void start() {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log().toFile()));
    builder.environment().keySet().retainAll(KEPT_ENVIRONMENT);
    builder.environment().putAll(environment);
    try {
      var started = builder.start();
      RUNNING.add(started);
      process = started;
    } catch (IOException e) {
      throw new IllegalStateException(name + " can't be started", e);
    }
  }

  /** SIGKILL: it gets no chance to tidy up. Works on a frozen process too. */
  public synchronized void kill() {
    var killed = running();
    killed.destroyForcibly();
    awaitEnd(killed, Duration.ofSeconds(10));
  }

  public synchronized void freeze() {
    Signal.STOP.sendTo(running().toHandle());
  }

  public synchronized void thaw() {
    Signal.CONT.sendTo(running().toHandle());
  }

  /**
   * SIGTERM: it stops in order.
   *
   * @throws IllegalStateException if it is still there when its time is over
   */
  public synchronized void stop(Duration patience) {
    var stopped = running();
    Signal.TERM.sendTo(stopped.toHandle());
    awaitEnd(stopped, patience);
  }

  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  public long pid() {
    return running().pid();
  }

  @Override
  public synchronized void close() {
    if (isAlive()) {
      kill();
    }
  }

  private synchronized Process running() {
    return Objects.requireNonNull(process, name + " was never started");
  }

  private void awaitEnd(Process ending, Duration patience) {
    try {
      if (!ending.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "%s did not end within %s; see %s".formatted(name, patience, log()));
      }
      RUNNING.remove(ending);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while %s ended".formatted(name), e);
    }
  }
}
