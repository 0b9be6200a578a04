package dev.darkroom.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The PostgreSQL process that serves a data directory, found through its {@code postmaster.pid}. It
 * outlives the JVM that started it when that JVM is killed.
 */
final class Postmaster {
  /** A fast shutdown writes a checkpoint; a slow disk may take its time. */
  private static final Duration STOP = Duration.ofSeconds(30);

  private final Path dataDirectory;
  private final Path pidFile;

  Postmaster(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
    this.pidFile = dataDirectory.resolve("postmaster.pid");
  }

  /** The process, if it runs. */
  Optional<ProcessHandle> process() throws IOException {
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile);
    return lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,9}")
        ? Optional.empty()
        : ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(this::servesUs);
  }

  /**
   * Stops the server in order if it runs, and removes what a killed one left: PostgreSQL would
   * refuse to start as long as the process id in its pid file belongs to anyone, which after a
   * restart of a container it easily does.
   */
  void stopAndClear() throws IOException {
    Optional<ProcessHandle> running = process();
    if (running.isPresent()) {
      stop(running.get());
    }
    Files.deleteIfExists(pidFile);
  }

  /** SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint. */
  private void stop(ProcessHandle process) throws IOException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start();
    long deadline = System.nanoTime() + STOP.toNanos();
    while (!hasEnded(process)) {
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "PostgreSQL (process %d) serves %s and did not stop within %d s"
                .formatted(process.pid(), dataDirectory, STOP.toSeconds()));
      }
    }
  }

  /**
   * Looks at the pid file too, which the server removes last: where process 1 reaps no orphans (a
   * container's often doesn't) the process itself stays for ever, as a zombie.
   */
  private boolean hasEnded(ProcessHandle process) throws IOException {
    try {
      process.onExit().get(50, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return !Files.exists(pidFile);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while PostgreSQL was stopping", e);
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  /**
   * A process whose command line can not be seen is another user's or a zombie, and so not ours.
   */
  private boolean servesUs(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .map(line -> line.contains("postgres") && line.contains(dataDirectory.toString()))
        .orElse(false);
  }
}
