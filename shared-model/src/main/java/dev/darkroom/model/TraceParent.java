package dev.darkroom.model;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A W3C {@code traceparent} of version 00 (<a href="https://www.w3.org/TR/trace-context/">Trace
 * Context</a>): it comes with the client's request or is created then, and stays with the job in
 * the ledger, both topics and the call.
 */
public record TraceParent(String value) {
  public static final String HEADER = "traceparent";

  private static final Pattern VERSION_00 =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  public TraceParent {
    if (!VERSION_00.matcher(value).matches()) {
      throw new IllegalArgumentException("not a version 00 traceparent");
    }
  }

  /** What a client sent; a malformed header is ignored, as the specification asks. */
  public static Optional<TraceParent> parse(String header) {
    return VERSION_00.matcher(header).matches()
        ? Optional.of(new TraceParent(header))
        : Optional.empty();
  }

  /** Starts a trace that is not sampled. */
  public static TraceParent begin(RandomGenerator random) {
    return new TraceParent("00-" + hex(random, 16) + "-" + hex(random, 8) + "-00");
  }

  /** The same trace with a new span, for the next process. */
  public TraceParent child(RandomGenerator random) {
    return new TraceParent(value.substring(0, 36) + hex(random, 8) + value.substring(52));
  }

  private static String hex(RandomGenerator random, int bytes) {
    var id = new byte[bytes];
    random.nextBytes(id);
    id[bytes - 1] |= 1; // all zeroes would be invalid
    return HexFormat.of().formatHex(id);
  }
}
