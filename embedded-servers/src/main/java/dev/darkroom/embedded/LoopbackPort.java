package dev.darkroom.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of 127.0.0.1. Both servers are given that address, so that no name is looked up. */
final class LoopbackPort {
  static final String HOST = "127.0.0.1";
  private static final InetAddress ADDRESS = InetAddress.ofLiteral(HOST);

  private LoopbackPort() {}

  /**
   * Gives back {@code port} if nothing listens there, or any free port for 0.
   *
   * @throws PortInUseException if something listens there
   */
  static int claim(int port, String wantedBy) throws IOException {
    if (port != 0 && answers(port)) {
      throw new PortInUseException(port, wantedBy);
    }
    try (var socket = new ServerSocket(port, 1, ADDRESS)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      var taken = new PortInUseException(port, wantedBy);
      taken.initCause(e);
      throw taken;
    }
  }

  /** Some systems let a socket be bound to 127.0.0.1 beside a listener on every address. */
  private static boolean answers(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(ADDRESS, port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
