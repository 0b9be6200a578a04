package dev.darkroom.worker.nebius;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of one socket that does to its clients what no HTTP server would. */
public final class TestingServer implements AutoCloseable {
  private final ServerSocket door;
  private final Thread accepting = Thread.ofVirtual().unstarted(this::accept);
  private final Script script;
  private final Greeting greeting;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** What is done with each request. */
  public interface Script {
    void play(Exchange exchange) throws IOException;
  }

  /** A request that was read, and the way back. */
  public record Exchange(String request, Socket socket, OutputStream out) {
    public void answer(int status, String contentType, byte[] body) throws IOException {
      out.write(head(status, contentType, "Content-Length: " + body.length));
      out.write(body);
      out.flush();
    }

    public void answer(int status, String json) throws IOException {
      answer(status, "application/json", json.getBytes(ISO_8859_1));
    }

    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    public static byte[] head(int status, String contentType, String more) {
      return "HTTP/1.1 %d Status\r\nContent-Type: %s\r\n%s\r\n\r\n"
          .formatted(status, contentType, more)
          .getBytes(ISO_8859_1);
    }
  }

  /** What is done with a connection before anything is read from it. */
  public interface Greeting {
    void meet(Socket client) throws IOException;
  }

  private TestingServer(ServerSocket door, Greeting greeting, Script script) {
    this.door = door;
    this.greeting = greeting;
    this.script = script;
  }

  public static TestingServer start(Script script) throws IOException {
    return start(_ -> {}, script);
  }

  public static TestingServer start(Greeting greeting, Script script) throws IOException {
    var door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var server = new TestingServer(door, greeting, script);
    server.accepting.start();
    return server;
  }

  public URI baseUri() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort() + "/v1/");
  }

  public int connections() {
    return connections.get();
  }

  /** Heads and bodies as they came, oldest first. */
  public List<String> requests() {
    return requests;
  }

  /** Closes the connections that clients may think they can use again. */
  public void closeConnections() throws IOException {
    for (var socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        open.add(client);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      greeting.meet(client);
      var out = client.getOutputStream();
      for (var request = read(client.getInputStream()); !request.isEmpty(); ) {
        requests.add(request);
        script.play(new Exchange(request, client, out));
        request = client.isClosed() ? "" : read(client.getInputStream());
      }
    } catch (IOException e) {
      // the client has gone, or was sent away
    } finally {
      open.remove(client);
    }
  }

  /** A head and as much of a body as it announces; empty at the end. */
  private static String read(InputStream in) throws IOException {
    var read = new ByteArrayOutputStream();
    while (!read.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      var next = in.read();
      if (next < 0) {
        return "";
      }
      read.write(next);
    }
    var length =
        read.toString(ISO_8859_1)
            .lines()
            .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElse(0);
    read.write(in.readNBytes(length));
    return read.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    door.close();
    try {
      // the port is free only when the thread that waits for connections has noticed
      accepting.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeConnections();
  }
}
