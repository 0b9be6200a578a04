package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Who draws. */
public enum ProviderName {
  NEBIUS,
  /** Its pictures have nothing to do with what was asked for, and pages say so. */
  SIMULATOR;

  /** The word on the wire. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
