package dev.darkroom.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DockerEngineTest {
  @TempDir Path home;

  @Test
  void an_engine_is_found_behind_a_socket_file() throws Exception {
    Path socket = home.resolve("docker.sock");
    try (var engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      engine.bind(UnixDomainSocketAddress.of(socket));

      assertThat(DockerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket), home))
          .contains(URI.create("unix://" + socket));
    }
  }

  @Test
  void an_engine_is_found_behind_a_port() throws Exception {
    try (var engine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "tcp://127.0.0.1:" + engine.getLocalPort();

      assertThat(DockerEngine.find(Map.of("DOCKER_HOST", address), home))
          .contains(URI.create(address));
    }
  }

  @Test
  void a_socket_file_that_nobody_listens_on_is_no_engine() throws Exception {
    Path left = Files.createDirectories(home.resolve(".docker/run")).resolve("docker.sock");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(left))
        .close();

    assertThat(left).exists();
    assertThat(DockerEngine.find(Map.of(), home))
        .isNotEqualTo(Optional.of(URI.create("unix://" + left)));
  }
}
