package dev.darkroom.model;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the provider refused in case of {@link FailureCode#MISCONFIGURED}. Clients get this sentence
 * only: the provider's message may name our account.
 */
public enum ProviderRefusal {
  KEY(" refused the API key of this service; its operator has to mend that."),
  BALANCE(" refused to bill this service; its operator has to mend that."),
  ACCESS(" refused access to this service; its operator has to mend that."),
  MODEL(" does not offer the model that this job asks for.");

  private final String predicate;

  ProviderRefusal(String predicate) {
    this.predicate = predicate;
  }

  /** The reason of an attempt at Nebius, for people. */
  public String sentence() {
    return sentence("Nebius");
  }

  /** The reason of an attempt at this provider, for people. */
  public String sentence(String provider) {
    return provider + predicate;
  }

  /** The refusal that a reason contains. */
  public static Optional<ProviderRefusal> in(String reason) {
    return Stream.of(values()).filter(refusal -> reason.contains(refusal.predicate)).findFirst();
  }
}
