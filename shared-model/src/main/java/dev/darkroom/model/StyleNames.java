package dev.darkroom.model;

import java.util.Locale;
import java.util.Set;

/** The styles for which workers have templates; gateways need their names. */
public final class StyleNames {
  public static final Set<String> WITH_TEMPLATES =
      Set.of(
          "realistic",
          "cartoon",
          "abstract",
          "sketch",
          "watercolor",
          "3d-model",
          "analog-film",
          "anime",
          "cinematic",
          "comic-book",
          "digital-art",
          "enhance",
          "fantasy-art",
          "isometric",
          "line-art",
          "low-poly",
          "modeling-compound",
          "neon-punk",
          "origami",
          "photographic",
          "pixel-art",
          "tile-texture");

  private StyleNames() {}

  /**
   * Strips the style, and returns the name of its template if there is one, ignoring case; other
   * styles are kept as written.
   */
  public static String canonical(String style) {
    var stripped = style.strip();
    var name = stripped.toLowerCase(Locale.ROOT);
    return WITH_TEMPLATES.contains(name) ? name : stripped;
  }
}
