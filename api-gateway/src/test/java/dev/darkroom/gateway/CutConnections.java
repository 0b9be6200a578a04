package dev.darkroom.gateway;

import dev.darkroom.testservers.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a gateway and its database, and can cut a connection at the worst moment: when the
 * database has committed and its reply is on the way.
 */
final class CutConnections implements AutoCloseable {
  private final TestDatabase database;
  private final URI address;
  private final ServerSocket door;
  private volatile @Nullable String marker;

  private CutConnections(TestDatabase database) throws IOException {
    this.database = database;
    this.address = URI.create(database.jdbcUrl().substring("jdbc:".length()));
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::admit);
  }

  static CutConnections to(TestDatabase database) throws IOException {
    return new CutConnections(database);
  }

  /** The database, reached through this. */
  TestDatabase database() {
    var url =
        database.jdbcUrl().replace(address.getAuthority(), "localhost:" + door.getLocalPort());
    return new TestDatabase(url, database.username(), database.password());
  }

  /** The next statement that holds these words is carried out, and its reply never arrives. */
  void loseReplyTo(String words) {
    marker = words;
  }

  private void admit() {
    try {
      while (true) {
        var gateway = door.accept();
        var server = new Socket(address.getHost(), address.getPort());
        var connection = new Connection(gateway, server);
        Thread.ofVirtual().start(connection::carryStatements);
        Thread.ofVirtual().start(connection::carryReplies);
      }
    } catch (IOException e) {
      // closed
    }
  }

  private final class Connection {
    private final Socket gateway;
    private final Socket server;
    private volatile boolean doomed;

    Connection(Socket gateway, Socket server) {
      this.gateway = gateway;
      this.server = server;
    }

    void carryStatements() {
      try (gateway;
          server) {
        var bytes = new byte[65_536];
        for (var n = gateway.getInputStream().read(bytes);
            n >= 0;
            n = gateway.getInputStream().read(bytes)) {
          var words = marker;
          if (words != null
              && new String(bytes, 0, n, StandardCharsets.ISO_8859_1).contains(words)) {
            marker = null;
            doomed = true;
          }
          server.getOutputStream().write(bytes, 0, n);
        }
      } catch (IOException e) {
        // the other side is gone
      }
    }

    void carryReplies() {
      try (gateway;
          server) {
        var bytes = new byte[65_536];
        for (var n = server.getInputStream().read(bytes);
            n >= 0 && !doomed;
            n = server.getInputStream().read(bytes)) {
          gateway.getOutputStream().write(bytes, 0, n);
        }
      } catch (IOException e) {
        // the other side is gone
      }
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
