package dev.darkroom.simulator.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One client's connection, served request after request until either side ends it. */
final class AcceptedConnection {
  private static final int LONGEST_DISCARD_MILLIS = 1000;
  private static final int MOST_DISCARDED = 64 << 20;

  private final Socket socket;
  private final RequestHandler site;

  AcceptedConnection(Socket socket, RequestHandler site) {
    this.socket = socket;
    this.site = site;
  }

  void serve() throws IOException, InterruptedException {
    try (socket) {
      socket.setTcpNoDelay(true);
      var out = socket.getOutputStream();
      var requests = new RequestReader(socket.getInputStream(), out);
      try {
        for (var request = requests.next(); request != null; request = requests.next()) {
          deliver(site.answer(request), request, out);
          if (request.wantsToClose() || socket.isClosed()) {
            return;
          }
        }
      } catch (MalformedRequest e) {
        out.write(whole(e.reply().with("connection", "close"), true));
        discardTheRest();
      }
    }
  }

  /**
   * Closing with input unread would send RST, and the client would lose the reply that says what
   * was wrong.
   */
  private void discardTheRest() throws IOException {
    socket.shutdownOutput();
    socket.setSoTimeout(LONGEST_DISCARD_MILLIS);
    var rest = socket.getInputStream();
    byte[] buffer = new byte[8192];
    for (int read = 0; read < MOST_DISCARDED && rest.read(buffer) >= 0; read += buffer.length) {}
  }

  /** May be called from any thread; whoever reads or writes meanwhile gets an exception. */
  void close() throws IOException {
    socket.close();
  }

  private void deliver(ResponseDelivery delivery, SimulatorRequest request, OutputStream out)
      throws IOException, InterruptedException {
    switch (delivery) {
      case ResponseDelivery.Whole(var reply) ->
          out.write(whole(reply, !request.method().equals("HEAD")));
      case ResponseDelivery.Cut(var reply, var percent) -> {
        out.write(reply.head("content-length: " + reply.body().length));
        out.write(reply.body(), 0, (int) (reply.body().length * (long) percent / 100));
        socket.close();
      }
      case ResponseDelivery.Drip(var reply, var bytes, var every) -> drip(reply, bytes, every, out);
      case ResponseDelivery.DroppedConnection() -> {
        // Closing with a linger of zero throws away what is unsent and sends RST in place of FIN.
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }

  /** One write, so that a small reply is one packet. */
  private static byte[] whole(SimulatorResponse reply, boolean withBody) {
    byte[] head = reply.head("content-length: " + reply.body().length);
    byte[] body = withBody ? reply.body() : new byte[0];
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  private static void drip(SimulatorResponse reply, int bytes, Duration every, OutputStream out)
      throws IOException, InterruptedException {
    out.write(reply.head("transfer-encoding: chunked"));
    for (int start = 0; start < reply.body().length; start += bytes) {
      Thread.sleep(every);
      int size = Math.min(bytes, reply.body().length - start);
      out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.write(reply.body(), start, size);
      out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }
    out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
  }
}
