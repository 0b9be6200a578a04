package dev.darkroom.simulator.http;

import static java.lang.System.Logger.Level.ERROR;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Accepts connections and serves each on a virtual thread. */
public final class SocketServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SocketServer.class.getName());
  private static final int BACKLOG = 1024;

  private final ServerSocket door;
  private final RequestHandler site;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<AcceptedConnection> open = ConcurrentHashMap.newKeySet();

  private SocketServer(ServerSocket door, RequestHandler site) {
    this.door = door;
    this.site = site;
  }

  /**
   * Starts listening.
   *
   * @throws java.net.BindException if the port is taken
   * @throws IOException if the address cannot be listened on for another reason
   */
  public static SocketServer start(InetSocketAddress address, RequestHandler site)
      throws IOException {
    var door = new ServerSocket();
    try {
      door.bind(address, BACKLOG);
    } catch (IOException e) {
      door.close();
      throw e;
    }
    var server = new SocketServer(door, site);
    server.threads.execute(server::accept);
    return server;
  }

  public int port() {
    return door.getLocalPort();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        try {
          threads.execute(() -> serve(client));
        } catch (RejectedExecutionException e) { // closed since
          client.close();
        }
      } catch (IOException e) {
        if (!door.isClosed()) {
          LOG.log(ERROR, "a connection could not be accepted; the next one is awaited", e);
        }
      }
    }
  }

  private void serve(Socket client) {
    var connection = new AcceptedConnection(client, site);
    open.add(connection);
    try (client) {
      if (!door.isClosed()) {
        connection.serve();
      }
    } catch (IOException | InterruptedException e) {
      // The client has gone, or this server is closing: nobody is left to tell.
    } catch (RuntimeException e) {
      LOG.log(ERROR, "a request failed; its connection was closed without a reply", e);
    } finally {
      open.remove(connection);
    }
  }

  /**
   * Ends all connections at once, also those with a reply under way; on return the port is free.
   */
  @Override
  public void close() throws IOException {
    door.close();
    threads.shutdownNow();
    for (var connection : open) {
      connection.close();
    }
    try {
      // The system frees the port only when the thread that waits for connections has noticed.
      threads.awaitTermination(5, SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
