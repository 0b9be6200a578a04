package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What keeps pictures from being made. */
public enum HoldUp {
  KEY_REFUSED("Paused: Nebius rejected the API key"),
  BALANCE_EXHAUSTED("Paused: the Nebius account cannot pay"),
  ACCESS_REFUSED("Paused: Nebius refuses access"),
  MODEL_UNKNOWN("Paused: Nebius does not know the model"),
  MISCONFIGURED("Paused: Nebius refuses this account's calls"),
  RATE_LIMITED("Rate limited by Nebius"),
  UNREACHABLE("Nebius is not reachable"),
  PROVIDER_UNAVAILABLE("Nebius is not available"),
  BAD_REPLY("Nebius answers without usable pictures"),
  OUTCOME_UNKNOWN("Nebius does not answer in time"),
  PICTURE_NOT_STORED("Paused: pictures cannot be stored"),
  NO_WORKER("No worker is taking jobs");

  private final String sentence;

  HoldUp(String sentence) {
    this.sentence = sentence;
  }

  /** The word on the wire. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For people, without its full stop. */
  public String sentence() {
    return sentence;
  }
}
