package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.NebiusSettings.ProviderEntry;
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

  CredentialHealth(String provider, URI endpoint, ApiKey key) {
    var isOther = !provider.equals(ProviderEntry.NEBIUS);
    var host = String.valueOf(endpoint.getHost()).toLowerCase(Locale.ROOT);
    var isNebius = Stream.of(".nebius.com", ".nebius.ai").anyMatch(host::endsWith);
    if (!key.isGiven() && isNebius) { // another provider may take calls without a key
      var reason =
          "%s is not set and %s refuses calls without it: jobs wait and fail at their deadline; set it and restart this worker"
              .formatted(
                  isOther
                      ? "api-key of %s in darkroom.providers".formatted(provider)
                      : "NEBIUS_API_KEY",
                  host);
      log.warn(reason);
      health = Health.outOfService().withDetail("reason", reason).build();
    } else {
      health = Health.up().build();
    }
    // a name without a dot is a container beside this one
    var isNear = !host.contains(".") || host.startsWith("127.") || host.endsWith(".localhost");
    if (key.isGiven() && "http".equals(endpoint.getScheme()) && !isNear) {
      log.atWarn()
          .addKeyValue("provider", provider)
          .addKeyValue("endpoint", endpoint)
          .log("API key and prompts are sent in clear text; use an https endpoint");
    }
  }

  @Override
  public Health health() {
    return health;
  }
}
