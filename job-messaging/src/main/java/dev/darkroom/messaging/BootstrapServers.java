package dev.darkroom.messaging;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
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

  /** What is found at the first three addresses. */
  String findings() {
    return addresses.stream()
        .limit(3)
        .map(server -> server + " " + finding(server))
        .collect(Collectors.joining("; "));
  }

  private static String finding(String server) {
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
      return "accepts connections; maybe it wants TLS or a login (spring.kafka.properties.security.protocol), or names addresses that are out of reach (advertised.listeners)";
    } catch (ConnectException e) {
      return "refuses connections";
    } catch (IOException e) {
      return "can't be reached";
    }
  }
}
