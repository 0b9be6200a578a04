package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads bodies. One that is still on its way holds a thread of the server, so that each client may
 * have only so many of those.
 */
final class BodyReader {
  static final int PER_CLIENT = 100;

  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** Honest clients in a hurry have their places for milliseconds only. */
  private static final ClientLimiter UNDER_WAY =
      new ClientLimiter(Integer.MAX_VALUE, PER_CLIENT, Duration.ofSeconds(1));

  private BodyReader() {}

  /**
   * Reads it up to a length, with or without Content-Length.
   *
   * @return empty where its client has too many under way
   * @throws SocketTimeoutException if it takes too long
   */
  static Optional<byte[]> read(HttpServletRequest request, int most) throws IOException {
    var in = request.getInputStream();
    var bytes = new byte[most];
    var announced = request.getContentLengthLong();
    var arrived = announced > 0 && in.available() > 0 ? in.read(bytes) : 0;
    if (arrived == announced) {
      return Optional.of(Arrays.copyOf(bytes, arrived));
    }
    return switch (UNDER_WAY.enter(request)) {
      case Entry.Admitted place -> {
        try (place) {
          yield Optional.of(Arrays.copyOf(bytes, readRest(in, bytes, Math.max(0, arrived))));
        }
      }
      case Entry.ClientHasTooMany _, Entry.TooMany _ -> Optional.empty();
    };
  }

  /** A client that sends a byte now and then would otherwise hold a thread for hours. */
  private static int readRest(InputStream in, byte[] bytes, int arrived) throws IOException {
    var until = System.nanoTime() + LONGEST.toNanos();
    var length = arrived;
    while (length < bytes.length) {
      var more = in.read(bytes, length, bytes.length - length);
      if (more < 0) {
        break;
      }
      length += more;
      if (System.nanoTime() - until > 0) {
        throw new SocketTimeoutException();
      }
    }
    return length;
  }
}
