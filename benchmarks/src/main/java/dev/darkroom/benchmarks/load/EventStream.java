package dev.darkroom.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * One client that listens to server-sent events, on a virtual thread: it notes the id of each and
 * when it came, and looks at nothing else. It speaks HTTP/1.0, so that the stream has no chunks.
 */
public final class EventStream implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;
  private static final String ID = "id: ";

  private final Socket socket = new Socket();
  private final InstantSource clock;
  private final List<Heard> heard = new ArrayList<>();
  private final Thread reader;
  private boolean begun;
  private boolean ended;

  /**
   * An event.
   *
   * @param micros when it came, since 1970
   */
  public record Heard(long id, long micros) {}

  private EventStream(InstantSource clock) {
    this.clock = clock;
    this.reader = Thread.ofVirtual().unstarted(this::read);
  }

  /** Asks for a stream, and listens to it until it ends. */
  public static EventStream open(int port, String path, InstantSource clock) throws IOException {
    var stream = new EventStream(clock);
    stream.socket.connect(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
    stream
        .socket
        .getOutputStream()
        .write("GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".formatted(path).getBytes(US_ASCII));
    stream.reader.start();
    return stream;
  }

  /** Whether the stream has begun, so that nothing that happens from now on can be missed. */
  public synchronized boolean hasBegun() {
    return begun;
  }

  /** Whether the other side has ended it. */
  public synchronized boolean hasEnded() {
    return ended;
  }

  public synchronized List<Heard> heard() {
    return List.copyOf(heard);
  }

  private void read() {
    try (var input = socket.getInputStream()) {
      var buffer = new byte[4096];
      var line = new StringBuilder();
      for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        take(buffer, read, line, now);
      }
    } catch (IOException e) {
      // closed by us, or broken off, which shows in what was heard
    }
    synchronized (this) {
      ended = true;
    }
  }

  private synchronized void take(byte[] buffer, int read, StringBuilder line, long now) {
    for (int i = 0; i < read; i++) {
      if (buffer[i] == '\n') {
        if (line.indexOf(ID) == 0) {
          heard.add(new Heard(Long.parseLong(line, ID.length(), line.length(), 10), now));
        }
        begun |= line.indexOf("retry:") == 0;
        line.setLength(0);
      } else if (line.length() < 32) {
        line.append((char) buffer[i]); // enough to know it by
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
