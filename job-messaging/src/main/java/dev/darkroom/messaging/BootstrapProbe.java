package dev.darkroom.messaging;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;

/**
 * Says why nobody answers at the addresses of the brokers, which Kafka's clients do not: they know
 * of timeouts only.
 */
final class BootstrapProbe {
  private static final int PATIENCE_MILLIS = 1_000;

  /** Begins the TLS record that a server sends to whoever does not speak TLS. */
  private static final int TLS_ALERT = 0x15;

  /**
   * ApiVersions, version 0, without a client's name: the smallest question that a broker answers.
   */
  private static final byte[] QUESTION = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};

  private BootstrapProbe() {}

  /**
   * @param servers as {@code host:port}
   * @param plaintext whether they are spoken to without TLS
   */
  static String findings(Collection<String> servers, boolean plaintext) {
    return servers.stream()
        .limit(3)
        .map(server -> server + " " + finding(server, plaintext))
        .collect(Collectors.joining("; "));
  }

  private static String finding(String server, boolean plaintext) {
    var host = Utils.getHost(server);
    var port = Utils.getPort(server);
    if (host == null || port == null) {
      return "is no address";
    }
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      return "can't be resolved";
    }
    try (var socket = new Socket()) {
      socket.connect(address, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      return plaintext ? answer(socket) : "accepts connections";
    } catch (SocketTimeoutException e) {
      return socketTimeout(e);
    } catch (ConnectException e) {
      return "refuses connections";
    } catch (IOException e) {
      return "closed the connection; maybe it wants TLS (spring.kafka.properties.security.protocol)";
    }
  }

  private static String socketTimeout(SocketTimeoutException e) {
    return String.valueOf(e.getMessage()).contains("onnect")
        ? "can't be reached"
        : "accepts connections and does not answer";
  }

  private static String answer(Socket socket) throws IOException {
    socket.getOutputStream().write(QUESTION);
    socket.getOutputStream().flush();
    var first = socket.getInputStream().read();
    return switch (first) {
      case 0 ->
          "answers; the addresses that the broker names (advertised.listeners) may be out of reach";
      case TLS_ALERT ->
          "speaks TLS; set spring.kafka.properties.security.protocol to SSL or SASL_SSL";
      case -1 ->
          "closed the connection; maybe it wants TLS or a login (spring.kafka.properties.security.protocol)";
      default -> "is no Kafka broker";
    };
  }
}
