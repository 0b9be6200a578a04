package dev.darkroom.simulator.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came in.
 *
 * @param path without the query, which nothing here needs
 * @param headers by lower-case name; of a repeated header the last one
 * @param body never longer than {@link RequestReader#LONGEST_BODY}
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record SimulatorRequest(
    String method, String path, Map<String, String> headers, byte[] body) {
  public SimulatorRequest {
    headers = Map.copyOf(headers);
  }

  /** The header of this lower-case name. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  boolean wantsToClose() {
    return "close".equalsIgnoreCase(header("connection"));
  }
}
