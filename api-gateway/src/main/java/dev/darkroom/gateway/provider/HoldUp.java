package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import dev.darkroom.model.ProviderRefusal;
import java.util.Locale;
import java.util.Objects;

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
  CALLS_USED_UP("The calls that all workers may make now are made"),
  NO_WORKER("No worker is taking jobs"),
  PAUSED("Paused by the operator");

  private final String sentence;

  HoldUp(String sentence) {
    this.sentence = sentence;
  }

  /** As in replies. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Without its full stop. */
  public String sentence() {
    return sentence;
  }

  /** The cause is on our side, so every job would fail alike. */
  boolean stopsAllJobs() {
    return compareTo(MISCONFIGURED) <= 0;
  }

  /** Why an attempt failed. */
  static HoldUp of(Answered failed) {
    return switch (Objects.requireNonNull(failed.code())) {
      case "misconfigured" ->
          ProviderRefusal.in(Objects.requireNonNullElse(failed.reason(), ""))
              .map(HoldUp::of)
              .orElse(MISCONFIGURED);
      case "rate_limited" -> RATE_LIMITED;
      case "bad_reply" -> BAD_REPLY;
      case "outcome_unknown" -> OUTCOME_UNKNOWN;
      case "picture_not_stored" -> PICTURE_NOT_STORED;
      default -> failed.sent() ? PROVIDER_UNAVAILABLE : UNREACHABLE;
    };
  }

  private static HoldUp of(ProviderRefusal refusal) {
    return switch (refusal) {
      case KEY -> KEY_REFUSED;
      case BALANCE -> BALANCE_EXHAUSTED;
      case ACCESS -> ACCESS_REFUSED;
      case MODEL -> MODEL_UNKNOWN;
    };
  }
}
