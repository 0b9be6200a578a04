package dev.darkroom.model;

import java.util.Locale;
import java.util.Set;

/** The styles that workers have templates for, by which gateways recognise them, too. */
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
   * The template's name where there is one of this name, however it is capitalised; any other style
   * stays as it is written. Space around it does not count.
   */
  public static String canonical(String style) {
    var stripped = style.strip();
    var name = stripped.toLowerCase(Locale.ROOT);
    return WITH_TEMPLATES.contains(name) ? name : stripped;
  }
}
