package dev.darkroom.testservers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out whether Docker's engine listens, in milliseconds and without a word. Testcontainers can
 * tell too, but logs several stack traces when there is none.
 */
final class DockerEngine {
  private DockerEngine() {}

  /** The address of the first engine that takes a connection, among those Testcontainers tries. */
  static Optional<URI> find(Map<String, String> environment, Path home) {
    Stream<URI> named = Stream.ofNullable(environment.get("DOCKER_HOST")).map(URI::create);
    Stream<URI> rootless =
        Stream.ofNullable(environment.get("XDG_RUNTIME_DIR"))
            .map(directory -> unix(Path.of(directory, "docker.sock")));
    Stream<URI> usual =
        Stream.of(
                Path.of("/var/run/docker.sock"),
                home.resolve(".docker/run/docker.sock"),
                home.resolve(".docker/desktop/docker.sock"))
            .map(DockerEngine::unix);
    return Stream.of(named, usual, rootless)
        .flatMap(addresses -> addresses)
        .filter(DockerEngine::listens)
        .findFirst();
  }

  private static URI unix(Path socket) {
    return URI.create("unix://" + socket);
  }

  private static boolean listens(URI address) {
    try {
      return switch (address.getScheme()) {
        case "unix" -> listensOnFile(Path.of(address.getPath()));
        case "tcp" -> listensOnPort(address.getHost(), address.getPort());
        default -> false;
      };
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean listensOnFile(Path socket) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    }
  }

  private static boolean listensOnPort(String host, int port) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), 1_000);
      return true;
    }
  }
}
