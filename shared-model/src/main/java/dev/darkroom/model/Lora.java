package dev.darkroom.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * Weights that are added to a model's own (low-rank adaptation), as Nebius takes them.
 *
 * @param url where the provider fetches them, https, at most {@value #MAX_URL} characters
 * @param scale how strongly they count, {@value #MIN_SCALE} to {@value #MAX_SCALE}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Lora(String url, double scale) {
  public static final int MAX_URL = 2048;
  public static final double MIN_SCALE = -10;
  public static final double MAX_SCALE = 10;
}
