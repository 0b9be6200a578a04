package dev.darkroom.gateway.extras.log;

import java.io.IOException;

/** Writes rows of the log, one after the other. */
interface WriteLogs {
  void write(LogRow row) throws IOException;
}
