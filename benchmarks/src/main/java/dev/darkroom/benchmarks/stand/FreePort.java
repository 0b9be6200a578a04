package dev.darkroom.benchmarks.stand;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port that was free a moment ago, for programs that must be told theirs. */
final class FreePort {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private FreePort() {}

  static int find() throws IOException {
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }
}
