package dev.darkroom.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;

/** Many clients that ask without end, each on a virtual thread, and what they were answered. */
public final class Flood implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int STATUS = "HTTP/1.1 ".length();
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(2);

  private final int port;
  private final IntFunction<String> path;
  private final ReadingSpeed speed;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();
  private final List<Thread> clients = new ArrayList<>();

  /** How a client reads its answers. */
  public enum ReadingSpeed {
    AS_FAST_AS_IT_CAN,
    /** A byte now and then, with next to no room for more on the way. */
    A_BYTE_NOW_AND_THEN
  }

  private Flood(int port, IntFunction<String> path, ReadingSpeed speed) {
    this.port = port;
    this.path = path;
    this.speed = speed;
  }

  /**
   * Begins.
   *
   * @param path what is asked for next, by the number of the client
   */
  public static Flood of(int clients, int port, IntFunction<String> path, ReadingSpeed speed) {
    var flood = new Flood(port, path, speed);
    for (var i = 0; i < clients; i++) {
      var number = i;
      flood.clients.add(Thread.startVirtualThread(() -> flood.run(number)));
    }
    return flood;
  }

  private void run(int client) {
    try {
      while (over.getCount() > 0) {
        try {
          if (ask(path.apply(client)) != 200) {
            rest(AFTER_REFUSAL);
          }
        } catch (IOException e) {
          count(0);
          rest(AFTER_REFUSAL);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is over
    }
  }

  private int ask(String asked) throws IOException, InterruptedException {
    try (var socket = new Socket()) {
      if (speed == ReadingSpeed.A_BYTE_NOW_AND_THEN) {
        socket.setReceiveBufferSize(4096);
      }
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), TIMEOUT_MILLIS);
      var request =
          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".formatted(asked);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      var input = socket.getInputStream();
      var head = new String(input.readNBytes(STATUS + 3), US_ASCII);
      var status = head.length() < STATUS + 3 ? 0 : Integer.parseInt(head.substring(STATUS));
      count(status);
      read(input);
      return status;
    }
  }

  private void read(InputStream input) throws IOException, InterruptedException {
    var buffer = new byte[speed == ReadingSpeed.A_BYTE_NOW_AND_THEN ? 1 : 16 * 1024];
    while (over.getCount() > 0 && input.read(buffer) >= 0) {
      if (speed == ReadingSpeed.A_BYTE_NOW_AND_THEN) {
        rest(Duration.ofSeconds(5));
      }
    }
  }

  private void rest(Duration time) throws InterruptedException {
    var _ = over.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void count(int status) {
    answers.computeIfAbsent(status, _ -> new LongAdder()).increment();
  }

  /** How many answers had each status; 0 for connections that failed or were broken off. */
  public Map<Integer, Long> answers() {
    var sums = new TreeMap<Integer, Long>();
    answers.forEach((status, count) -> sums.put(status, count.sum()));
    return sums;
  }

  /** Its clients end soon after. */
  @Override
  public void close() {
    over.countDown();
    clients.forEach(Thread::interrupt);
  }
}
