package dev.darkroom.benchmarks.stand;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stub of Nebius that costs next to nothing: every call gets the same prebuilt reply, after the
 * latency it is told. It remembers when the call for each tag arrived, and how long it was kept.
 */
public final class Provider implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int LARGEST_REQUEST = 64 * 1024;

  private final ServerSocket server;
  private final Duration latency;
  private final byte[] reply;
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private final AtomicInteger arrivals = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * A call, in terms of {@link System#nanoTime}.
   *
   * @param arrived when it had been read
   * @param answered when its reply was about to be written
   */
  public record Call(long arrived, long answered) {}

  private Provider(ServerSocket server, Duration latency, byte[] reply) {
    this.server = server;
    this.latency = latency;
    this.reply = reply;
  }

  public static Provider start(Duration latency) throws IOException {
    var server = new ServerSocket(0, BACKLOG, FreePort.LOOPBACK);
    var provider = new Provider(server, latency, reply());
    Thread.ofPlatform().daemon().name("provider").start(provider::accept);
    return provider;
  }

  String endpoint() {
    return "http://127.0.0.1:%d/v1/".formatted(server.getLocalPort());
  }

  /** The last call for this tag, if there was one. */
  public @Nullable Call call(String tag) {
    return calls.get(tag);
  }

  /** How many calls have arrived. */
  public int arrivals() {
    return arrivals.get();
  }

  private static byte[] reply() throws IOException {
    var body =
        "{\"data\":[{\"b64_json\":\"%s\"}],\"id\":\"img-1\"}"
            .formatted(Base64.getEncoder().encodeToString(Picture.draw()));
    var reply = new ByteArrayOutputStream();
    var head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(body.length());
    reply.write(head.getBytes(US_ASCII));
    reply.write(body.getBytes(US_ASCII));
    return reply.toByteArray();
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
        long arrived = System.nanoTime();
        arrivals.incrementAndGet();
        Thread.sleep(latency);
        calls.put(tag(request, length), new Call(arrived, System.nanoTime()));
        output.write(reply);
      }
    } catch (IOException e) {
      // the worker has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
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
