package dev.darkroom.messaging;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The addresses of the brokers, as {@code host:port}. Says why a broker does not answer, which
 * Kafka's clients do not: they report timeouts only.
 */
record BootstrapServers(List<String> addresses) {
  private static final int TIMEOUT_MILLIS = 1_000;
  private static final int LAST_PORT = 65_535;

  /** First byte of the TLS record that a server sends to a client that does not speak TLS. */
  private static final int TLS_ALERT = 0x15;

  /** ApiVersions, version 0, without a client's name: the smallest request a broker answers. */
  private static final byte[] REQUEST = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};

  /**
   * Whether a broker answers is another matter, and may change.
   *
   * @throws InvalidConfigurationPropertyValueException which stops the start with the setting's
   *     name
   */
  void requireAddresses() {
    if (addresses.isEmpty() || !addresses.stream().allMatch(BootstrapServers::isAddress)) {
      throw new InvalidConfigurationPropertyValueException(
          "spring.kafka.bootstrap-servers",
          String.join(",", addresses),
          "KAFKA_BOOTSTRAP_SERVERS must be host:port, or several of them separated by commas.");
    }
  }

  private static boolean isAddress(String server) {
    var host = Utils.getHost(server);
    var port = Utils.getPort(server);
    return host != null && !host.isEmpty() && port != null && port > 0 && port <= LAST_PORT;
  }

  /**
   * What is found at the first three addresses.
   *
   * @param plaintext whether the clients connect without TLS
   */
  String findings(boolean plaintext) {
    return addresses.stream()
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
      socket.connect(address, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return plaintext ? answer(socket) : "accepts connections";
    } catch (SocketTimeoutException e) {
      return String.valueOf(e.getMessage()).contains("onnect")
          ? "can't be reached"
          : "accepts connections and does not answer";
    } catch (ConnectException e) {
      return "refuses connections";
    } catch (IOException e) {
      return "closed the connection; maybe it wants TLS (spring.kafka.properties.security.protocol)";
    }
  }

  private static String answer(Socket socket) throws IOException {
    socket.getOutputStream().write(REQUEST);
    socket.getOutputStream().flush();
    return switch (socket.getInputStream().read()) {
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
