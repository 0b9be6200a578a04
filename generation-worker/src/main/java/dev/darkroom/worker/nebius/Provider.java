package dev.darkroom.worker.nebius;

import dev.darkroom.worker.limit.CallPermits;
import java.util.Map;

/**
 * A provider of pictures, and all that a worker has for its calls.
 *
 * @param name in steps and metrics
 * @param models the names that it has for our models; empty if it serves all by our names
 */
public record Provider(
    String name,
    Map<String, String> models,
    NebiusClient client,
    NebiusCircuitBreaker breaker,
    CallPermits permits,
    ModelCatalogCheck catalog,
    CredentialHealth credentials) {

  /** How sentences name it. */
  public static String title(String name) {
    return name.equals(NebiusSettings.ProviderEntry.NEBIUS) ? "Nebius" : name;
  }

  boolean serves(String model) {
    return models.isEmpty() || models.containsKey(model);
  }

  /** Whether calls are made now, and if not, why: for people. */
  public String callState() {
    return breaker.state();
  }

  /** See {@link NebiusCircuitBreaker#callsAllowed()}. */
  public int callsAllowed() {
    return breaker.callsAllowed();
  }
}
