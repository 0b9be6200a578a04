package dev.darkroom.benchmarks.stand;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stub of Nebius that costs next to nothing: every call gets the same prebuilt reply, after the
 * latency it is told. It remembers when the call for each tag arrived, and how long it was kept.
 * The catalogue of models is answered on the side and counts as no call.
 */
public final class StubProvider implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int LARGEST_REQUEST = 64 * 1024;
  private static final byte[] CATALOGUE =
      whole("{\"object\":\"list\",\"data\":[{\"id\":\"stability-ai/sdxl\"}]}");

  private final ServerSocket server;
  private final Duration latency;
  private final byte[] reply;
  private final boolean holds;
  private final @Nullable CountDownLatch halfway;
  private final AtomicInteger halves = new AtomicInteger();
  private final Map<String, ProviderCall> calls = new ConcurrentHashMap<>();
  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final AtomicInteger arrivals = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * A call, in terms of {@link System#nanoTime}.
   *
   * @param arrived when it had been read
   * @param answered when its reply was about to be written, or its connection had ended before
   */
  public record ProviderCall(long arrived, long answered) {}

  private StubProvider(
      ServerSocket server,
      Duration latency,
      boolean holds,
      byte[] reply,
      @Nullable CountDownLatch halfway) {
    this.server = server;
    this.latency = latency;
    this.holds = holds;
    this.reply = reply;
    this.halfway = halfway;
  }

  public static StubProvider start(Duration latency) throws IOException {
    return start(latency, false, StubPicture.draw(StubPicture.BYTES), null);
  }

  /**
   * One that stops in the middle of each reply until it is told to go on.
   *
   * @param bytes of each picture
   */
  public static StubProvider stoppingHalfway(int bytes) throws IOException {
    return start(Duration.ZERO, false, StubPicture.draw(bytes), new CountDownLatch(1));
  }

  /** One that never answers: each call lasts until its connection ends. */
  public static StubProvider holding() throws IOException {
    return start(Duration.ZERO, true, StubPicture.draw(StubPicture.BYTES), null);
  }

  private static StubProvider start(
      Duration latency, boolean holds, byte[] picture, @Nullable CountDownLatch halfway)
      throws IOException {
    var server = new ServerSocket(0, BACKLOG, FreePort.LOOPBACK);
    var provider = new StubProvider(server, latency, holds, reply(picture), halfway);
    Thread.ofPlatform().daemon().name("provider").start(provider::accept);
    return provider;
  }

  /** How many replies have been written up to their middle. */
  public int halves() {
    return halves.get();
  }

  /** Lets all replies go on, also those to come. */
  public void goOn() {
    if (halfway != null) {
      halfway.countDown();
    }
  }

  String endpoint() {
    return "http://127.0.0.1:%d/v1/".formatted(server.getLocalPort());
  }

  /** Whether a call for this tag is held, or was. */
  public boolean holds(String tag) {
    return held.contains(tag);
  }

  /** The last call for this tag that is over, if there was one. */
  public @Nullable ProviderCall call(String tag) {
    return calls.get(tag);
  }

  /** How many calls have arrived. */
  public int arrivals() {
    return arrivals.get();
  }

  private static byte[] reply(byte[] picture) {
    return whole(
        "{\"data\":[{\"b64_json\":\"%s\"}],\"id\":\"img-1\"}"
            .formatted(Base64.getEncoder().encodeToString(picture)));
  }

  private static byte[] whole(String body) {
    var head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(body.length());
    return (head + body).getBytes(US_ASCII);
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        open.add(socket);
        Thread.ofPlatform().daemon().name("provider-call").start(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var input = socket.getInputStream();
      var output = socket.getOutputStream();
      var request = new byte[LARGEST_REQUEST];
      for (int length = read(input, request); length > 0; length = read(input, request)) {
        if (request[0] == 'G') {
          output.write(CATALOGUE);
          continue;
        }
        long arrived = System.nanoTime();
        arrivals.incrementAndGet();
        if (holds) {
          hold(tag(request, length), arrived, input);
          return;
        }
        Thread.sleep(latency);
        calls.put(tag(request, length), new ProviderCall(arrived, System.nanoTime()));
        write(output);
      }
    } catch (IOException e) {
      // the worker has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private void hold(String tag, long arrived, InputStream input) {
    held.add(tag);
    try {
      while (input.read() >= 0) {
        // nobody sends more before the reply
      }
    } catch (IOException e) {
      // a reset is an end, too
    }
    calls.put(tag, new ProviderCall(arrived, System.nanoTime()));
  }

  private void write(OutputStream output) throws IOException, InterruptedException {
    if (halfway == null) {
      output.write(reply);
      return;
    }
    int middle = reply.length / 2;
    output.write(reply, 0, middle);
    halves.incrementAndGet();
    halfway.await();
    output.write(reply, middle, reply.length - middle);
  }

  /** One whole request; 0 at the end of the connection. */
  private static int read(InputStream input, byte[] request) throws IOException {
    int filled = 0;
    int whole = Integer.MAX_VALUE;
    while (filled < whole) {
      int read = input.read(request, filled, request.length - filled);
      if (read < 0) {
        return 0;
      }
      filled += read;
      if (whole == Integer.MAX_VALUE) {
        whole = length(request, filled);
      }
    }
    return whole;
  }

  /** Of head and body, once the head is there. */
  private static int length(byte[] request, int filled) {
    var head = new String(request, 0, filled, ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return Integer.MAX_VALUE;
    }
    var length =
        Arrays.stream(head.substring(0, end).split("\r\n"))
            .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElse(0);
    return end + 4 + length;
  }

  /** The first text in angle brackets: prompts of our loads begin with theirs. */
  private static String tag(byte[] request, int length) {
    var text = new String(request, 0, length, ISO_8859_1);
    int begin = text.indexOf('<');
    return begin < 0 ? "" : text.substring(begin + 1, text.indexOf('>', begin));
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var socket : open) {
      socket.close();
    }
  }
}
