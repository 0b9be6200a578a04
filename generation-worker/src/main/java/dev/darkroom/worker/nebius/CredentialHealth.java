package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.http.ApiKey;
import java.net.URI;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Reports a missing key in the log and in health, and warns of a key sent in clear text. */
final class CredentialHealth implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(CredentialHealth.class);

  private final Health health;

  CredentialHealth(URI endpoint, ApiKey key) {
    var host = String.valueOf(endpoint.getHost()).toLowerCase(Locale.ROOT);
    var isNebius = Stream.of(".nebius.com", ".nebius.ai").anyMatch(host::endsWith);
    if (!key.isGiven() && isNebius) { // another provider may take calls without a key
      var reason =
          "NEBIUS_API_KEY is not set and %s refuses calls without it: jobs wait and fail at their deadline; set it and restart this worker"
              .formatted(host);
      log.warn(reason);
      health = Health.outOfService().withDetail("reason", reason).build();
    } else {
      health = Health.up().build();
    }
    // a name without a dot is a container beside this one
    var isNear = !host.contains(".") || host.startsWith("127.") || host.endsWith(".localhost");
    if (key.isGiven() && "http".equals(endpoint.getScheme()) && !isNear) {
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .log("API key and prompts are sent in clear text; use https in NEBIUS_API_ENDPOINT");
    }
  }

  @Override
  public Health health() {
    return health;
  }
}
