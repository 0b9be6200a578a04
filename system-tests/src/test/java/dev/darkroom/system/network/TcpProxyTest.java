package dev.darkroom.system.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.system.processes.FreePorts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(30)
class TcpProxyTest {
  private static final int SOON = 5_000;
  private static final int NOT_YET = 200;

  private ServerSocket echo;
  private volatile int lastHeard;
  private TcpProxy cable;

  @BeforeEach
  void plugIn() throws IOException {
    echo = new ServerSocket(0, 10, InetAddress.ofLiteral(FreePorts.HOST));
    Thread.ofVirtual().start(this::answer);
    cable = TcpProxy.to(echo.getLocalPort());
  }

  @AfterEach
  void pullOut() throws IOException {
    cable.close();
    echo.close();
  }

  @Test
  void a_whole_cable_carries_both_ways() throws Exception {
    try (var client = connect()) {
      assertThat(echoOf(client, 7, SOON)).isEqualTo(7);
    }
  }

  @Test
  void a_cut_cable_breaks_what_is_connected_and_refuses_what_comes() throws Exception {
    try (var client = connect()) {
      assertThat(echoOf(client, 7, SOON)).isEqualTo(7);
      cable.cut();
      assertThatThrownBy(() -> echoOf(client, 8, SOON)).isInstanceOf(SocketException.class);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void a_cable_that_was_cut_carries_again_on_the_same_port() throws Exception {
    cable.cut();
    cable.heal();
    try (var client = connect()) {
      assertThat(echoOf(client, 7, SOON)).isEqualTo(7);
    }
  }

  @Test
  void a_cable_that_holds_answers_carries_questions_and_answers_when_it_is_whole()
      throws Exception {
    try (var client = connect()) {
      assertThat(echoOf(client, 7, SOON)).isEqualTo(7);
      cable.holdAnswers();
      assertThatThrownBy(() -> echoOf(client, 8, NOT_YET))
          .isInstanceOf(SocketTimeoutException.class);
      await("the server has heard the question").until(() -> lastHeard == 8);
      cable.heal();
      client.setSoTimeout(SOON);
      assertThat(client.getInputStream().read()).isEqualTo(8);
    }
  }

  @Test
  void a_silent_cable_swallows_what_is_sent_and_delivers_it_when_it_is_whole() throws Exception {
    try (var client = connect()) {
      assertThat(echoOf(client, 7, SOON)).isEqualTo(7);
      cable.silence();
      assertThatThrownBy(() -> echoOf(client, 8, NOT_YET))
          .isInstanceOf(SocketTimeoutException.class);
      cable.heal();
      client.setSoTimeout(SOON);
      assertThat(client.getInputStream().read()).isEqualTo(8);
    }
  }

  @Test
  void who_connects_to_a_silent_cable_is_served_when_it_is_whole() throws Exception {
    cable.silence();
    try (var client = connect()) {
      assertThatThrownBy(() -> echoOf(client, 7, NOT_YET))
          .isInstanceOf(SocketTimeoutException.class);
      cable.heal();
      client.setSoTimeout(SOON);
      assertThat(client.getInputStream().read()).isEqualTo(7);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.ofLiteral(FreePorts.HOST), cable.port());
  }

  private static int echoOf(Socket client, int sent, int patience) throws IOException {
    client.setSoTimeout(patience);
    client.getOutputStream().write(sent);
    int read = client.getInputStream().read();
    if (read < 0) {
      throw new SocketException("the connection has ended");
    }
    return read;
  }

  private void answer() {
    while (!echo.isClosed()) {
      try {
        var client = echo.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private void answer(Socket client) {
    try (client) {
      for (int heard = client.getInputStream().read();
          heard >= 0;
          heard = client.getInputStream().read()) {
        lastHeard = heard;
        client.getOutputStream().write(heard);
      }
    } catch (IOException e) {
      // the cable was cut
    }
  }
}
