package dev.darkroom.simulator.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole reply; {@code Content-Length} or {@code Transfer-Encoding} is added by what delivers it.
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
public record SimulatorResponse(int status, Map<String, String> headers, byte[] body) {
  public SimulatorResponse {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("a reply's status is 200 to 599, not " + status);
    }
    headers = Map.copyOf(headers);
  }

  public static SimulatorResponse of(int status, String contentType, byte[] body) {
    return new SimulatorResponse(status, Map.of("content-type", contentType), body);
  }

  public SimulatorResponse with(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new SimulatorResponse(status, more, body);
  }

  /**
   * Status line and headers up to and including the empty line, ending with the given header that
   * frames the body.
   */
  byte[] head(String framing) {
    var head = new StringBuilder("HTTP/1.1 ").append(status).append(" \r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append(framing).append("\r\n\r\n");
    return head.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
