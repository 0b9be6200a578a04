package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Who makes the pictures. */
public enum ProviderName {
  NEBIUS,
  /** Its pictures do not show the prompt; the web pages say so. */
  SIMULATOR;

  /** As in replies. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
