package dev.darkroom.system.processes;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What a process can be sent. */
public enum Signal {
  /** Ends it at once; it has no say. */
  KILL,
  /** Asks it to end in order. */
  TERM,
  /** Freezes it. */
  STOP,
  /** Lets it go on. */
  CONT;

  public void sendTo(ProcessHandle process) {
    try {
      var kill =
          new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!kill.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("kill does not return");
      }
    } catch (IOException e) {
      throw new IllegalStateException("no signal can be sent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
