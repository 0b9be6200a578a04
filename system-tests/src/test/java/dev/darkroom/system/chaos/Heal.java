package dev.darkroom.system.chaos;

import java.io.IOException;

/** Ends a fault: the system is as it was, or will be once what was started is up. */
@FunctionalInterface
public interface Heal {
  void heal() throws IOException;
}
