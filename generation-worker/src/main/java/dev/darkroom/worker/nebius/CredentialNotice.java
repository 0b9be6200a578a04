package dev.darkroom.worker.nebius;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Says at once, and in health, what the key and the endpoint will lead to. */
final class CredentialNotice implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(CredentialNotice.class);

  private final Optional<String> missing;

  CredentialNotice(URI endpoint, ApiKey key) {
    missing = missingKey(endpoint, key);
    missing.ifPresent(log::warn);
    if (key.isGiven() && isReadableOnTheWay(endpoint)) {
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .log(
              "the API key and all prompts go to Nebius in clear text; let NEBIUS_API_ENDPOINT begin with https");
    }
  }

  /** Another provider may take calls without a key. */
  private static Optional<String> missingKey(URI endpoint, ApiKey key) {
    var host = host(endpoint);
    var isNebius = Stream.of(".nebius.com", ".nebius.ai").anyMatch(host::endsWith);
    return key.isGiven() || !isNebius
        ? Optional.empty()
        : Optional.of(
            "NEBIUS_API_KEY is not set, and %s refuses calls without it: jobs wait, and fail at their deadline; set it and start this worker again"
                .formatted(host));
  }

  /** A name without a dot is a container's beside this one. */
  private static boolean isReadableOnTheWay(URI endpoint) {
    var host = host(endpoint);
    var isNear = !host.contains(".") || host.startsWith("127.") || host.endsWith(".localhost");
    return "http".equals(endpoint.getScheme()) && !isNear;
  }

  private static String host(URI endpoint) {
    return String.valueOf(endpoint.getHost()).toLowerCase(Locale.ROOT);
  }

  @Override
  public Health health() {
    return missing
        .map(reason -> Health.outOfService().withDetail("reason", reason).build())
        .orElseGet(() -> Health.up().build());
  }
}
