package dev.darkroom.system.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/** Where those clients are told of their jobs' ends who have named its address. */
public final class WebhookReceiver implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int NO_CONTENT = 204;
  private static final int NO_BODY = -1;

  private final ConcurrentLinkedQueue<ArrivedWebhook> received = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  public WebhookReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var _ = server.createContext("/", this::receive);
    server.setExecutor(threads);
    server.start();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/ends");
  }

  /** All that came so far. */
  public List<ArrivedWebhook> received() {
    return List.copyOf(received);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      received.add(
          new ArrivedWebhook(
              UUID.fromString(body.at("/data/requestId").asString()),
              exchange.getRequestHeaders().getFirst("webhook-id"),
              body.path("type").asString()));
      exchange.sendResponseHeaders(NO_CONTENT, NO_BODY);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
