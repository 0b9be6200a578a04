package dev.darkroom.model;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * What of ours the provider refuses, where {@link FailureCode#MISCONFIGURED} says that it does. The
 * sentence is all that clients are told; the provider's own words may name our account.
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

  /** The one that such a reason tells of. */
  public static Optional<ProviderRefusal> in(String reason) {
    return Stream.of(values()).filter(refusal -> reason.contains(refusal.sentence)).findFirst();
  }
}
