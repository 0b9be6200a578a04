package dev.darkroom.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * Low-rank adaptation weights for a model, as in Nebius's API.
 *
 * @param url where the provider fetches them, https, at most {@value #MAX_URL} characters
 * @param scale their strength, {@value #MIN_SCALE} to {@value #MAX_SCALE}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Lora(String url, double scale) {
  public static final int MAX_URL = 2048;
  public static final double MIN_SCALE = -10;
  public static final double MAX_SCALE = 10;
}
