package dev.darkroom.messaging;

import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Refuses addresses that Kafka's clients could not even try, which would otherwise be known only
 * from their complaints. Whether somebody answers there is another matter, and may change.
 */
final class RequireKafkaAddress {
  private static final int LAST_PORT = 65_535;

  private RequireKafkaAddress() {}

  /**
   * @throws InvalidConfigurationPropertyValueException which stops the start with the setting's
   *     name
   */
  static void in(List<String> servers) {
    if (servers.isEmpty() || !servers.stream().allMatch(RequireKafkaAddress::isAddress)) {
      throw new InvalidConfigurationPropertyValueException(
          "spring.kafka.bootstrap-servers",
          String.join(",", servers),
          "KAFKA_BOOTSTRAP_SERVERS must be host:port, or several of them separated by commas.");
    }
  }

  private static boolean isAddress(String server) {
    var host = Utils.getHost(server);
    var port = Utils.getPort(server);
    return host != null && !host.isEmpty() && port != null && port > 0 && port <= LAST_PORT;
  }
}
