package dev.darkroom.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to PostgreSQL that can hold back what goes one way or the other, deliver it later, or lose
 * it.
 */
public final class TestingWire implements AutoCloseable {
  private final ServerSocket door;
  private final URI target;
  private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
  private boolean holdsQuestions;
  private boolean holdsAnswers;

  /**
   * @param jdbcUrl of the server
   */
  public TestingWire(String jdbcUrl) {
    target = URI.create(jdbcUrl.substring("jdbc:".length()));
    try {
      door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** The same server, by this way. */
  public String jdbcUrl() {
    var query = target.getQuery() == null ? "" : "?" + target.getQuery();
    return "jdbc:postgresql://127.0.0.1:%d%s%s"
        .formatted(door.getLocalPort(), target.getPath(), query);
  }

  public synchronized void holdQuestions() {
    holdsQuestions = true;
  }

  public synchronized void holdAnswers() {
    holdsAnswers = true;
  }

  /** What was held back is lost, and so are the connections. */
  public void lose() {
    ends.forEach(TestingWire::close);
  }

  /** What was held back arrives. */
  public synchronized void heal() {
    holdsQuestions = false;
    holdsAnswers = false;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    door.close();
    lose();
    heal();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        var server = new Socket(target.getHost(), target.getPort());
        ends.add(client);
        ends.add(server);
        Thread.ofVirtual().start(() -> pump(client, server, true));
        Thread.ofVirtual().start(() -> pump(server, client, false));
      } catch (IOException e) {
        // closed, or the server is away
      }
    }
  }

  private void pump(Socket from, Socket to, boolean questions) {
    try (from;
        to) {
      var buffer = new byte[16_384];
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        awaitPassage(questions);
        to.getOutputStream().write(buffer, 0, read);
      }
      awaitPassage(questions);
    } catch (IOException e) {
      // one side broke off
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ends.remove(from);
      ends.remove(to);
    }
  }

  private synchronized void awaitPassage(boolean questions) throws InterruptedException {
    while (questions ? holdsQuestions : holdsAnswers) {
      wait();
    }
  }

  private static void close(Socket end) {
    try {
      end.close();
    } catch (IOException e) {
      // gone either way
    }
  }
}
