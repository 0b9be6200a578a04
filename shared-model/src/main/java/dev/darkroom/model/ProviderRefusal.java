package dev.darkroom.model;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the provider refused in case of {@link FailureCode#MISCONFIGURED}. Clients get this sentence
 * only: the provider's message may name our account.
 */
public enum ProviderRefusal {
  KEY("Nebius refused the API key of this service; its operator has to mend that."),
  BALANCE("Nebius refused to bill this service; its operator has to mend that."),
  ACCESS("Nebius refused access to this service; its operator has to mend that."),
  MODEL("Nebius does not offer the model that this job asks for.");

  private final String sentence;

  ProviderRefusal(String sentence) {
    this.sentence = sentence;
  }

  /** The reason of an attempt, for people. */
  public String sentence() {
    return sentence;
  }

  /** The refusal that a reason contains. */
  public static Optional<ProviderRefusal> in(String reason) {
    return Stream.of(values()).filter(refusal -> reason.contains(refusal.sentence)).findFirst();
  }
}
