package dev.darkroom.system.processes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 that stay free while their server is dead. They lie below those that systems
 * give to clients: among these, one that was killed could find its port taken by somebody's
 * connection.
 */
public final class FreePorts {
  public static final String HOST = "127.0.0.1";

  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;
  private static final Set<Integer> GIVEN = new HashSet<>();

  private FreePorts() {}

  /** A port that nobody listens on and that was not given before. */
  public static synchronized int claim() {
    for (int tries = 0; tries < 1_000; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (!GIVEN.contains(port) && isFree(port)) {
        GIVEN.add(port);
        return port;
      }
    }
    throw new IllegalStateException("no port is free between %d and %d".formatted(FIRST, LAST));
  }

  public static boolean answers(int port) {
    try (var socket = new Socket()) {
      socket.connect(address(port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(HOST), port);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.ofLiteral(HOST))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
