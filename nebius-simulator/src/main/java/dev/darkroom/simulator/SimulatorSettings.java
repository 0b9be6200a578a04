package dev.darkroom.simulator;

import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a simulator starts.
 *
 * @param host the address to listen on; {@code 0.0.0.0} for all, as a container needs
 * @param port 0 for any that is free
 * @param apiKey the only key accepted; null accepts any that is not blank
 * @param models the catalogue, at least one
 * @param latency how long a picture takes
 * @param quota how many requests a minute are admitted; null admits all
 * @param dice for ids, seeds asked for as −1, jitter and probabilities; must be safe for use by
 *     many threads
 */
public record SimulatorSettings(
    String host,
    int port,
    @Nullable String apiKey,
    List<String> models,
    Latency latency,
    @Nullable QuotaRules quota,
    RandomGenerator dice,
    Clock clock) {
  public SimulatorSettings {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host must not be blank");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
    }
    if (apiKey != null && apiKey.isBlank()) {
      throw new IllegalArgumentException(
          "the API key must not be blank; leave it out to accept any");
    }
    models = List.copyOf(models);
    if (models.isEmpty() || models.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "models must name at least one model, and none may be blank");
    }
  }

  /** Loopback, any free port, any key, three models of Nebius's catalogue, no latency. */
  public static SimulatorSettings defaults() {
    return new SimulatorSettings(
        "127.0.0.1",
        0,
        null,
        List.of(
            "stability-ai/sdxl", "black-forest-labs/flux-schnell", "black-forest-labs/flux-dev"),
        Latency.NONE,
        null,
        new Random(),
        Clock.systemUTC());
  }

  public SimulatorSettings withHost(String other) {
    return new SimulatorSettings(other, port, apiKey, models, latency, quota, dice, clock);
  }

  public SimulatorSettings withPort(int other) {
    return new SimulatorSettings(host, other, apiKey, models, latency, quota, dice, clock);
  }

  public SimulatorSettings withApiKey(String other) {
    return new SimulatorSettings(host, port, other, models, latency, quota, dice, clock);
  }

  public SimulatorSettings withModels(List<String> others) {
    return new SimulatorSettings(host, port, apiKey, others, latency, quota, dice, clock);
  }

  public SimulatorSettings withLatency(Latency other) {
    return new SimulatorSettings(host, port, apiKey, models, other, quota, dice, clock);
  }

  public SimulatorSettings withQuota(QuotaRules other) {
    return new SimulatorSettings(host, port, apiKey, models, latency, other, dice, clock);
  }

  public SimulatorSettings withDice(RandomGenerator other) {
    return new SimulatorSettings(host, port, apiKey, models, latency, quota, other, clock);
  }

  public SimulatorSettings withClock(Clock other) {
    return new SimulatorSettings(host, port, apiKey, models, latency, quota, dice, other);
  }
}
