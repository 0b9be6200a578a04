package dev.darkroom.worker.nebius;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a style adds to a prompt: nothing at intensity 0, a hint below one half, its full
 * description from there on. {@link #TEMPLATES} are the reference's five styles in our own words;
 * any other style is used as "in … style".
 */
record StyleTemplate(String light, String full) {
  private static final double FULL_FROM = 0.5;

  static final Map<String, StyleTemplate> TEMPLATES =
      Map.of(
          "realistic",
          new StyleTemplate(
              "in realistic style",
              "in realistic style, photographed in natural light, true colours, fine detail, sharp focus"),
          "cartoon",
          new StyleTemplate(
              "in cartoon style",
              "in cartoon style, bold outlines, flat bright colours, simple expressive shapes"),
          "abstract",
          new StyleTemplate(
              "in abstract style",
              "in abstract style, reduced to form and colour, geometric shapes, strong composition"),
          "sketch",
          new StyleTemplate(
              "in sketch style",
              "in sketch style, drawn by hand in pencil on paper, hatching, visible strokes, no colour"),
          "watercolor",
          new StyleTemplate(
              "in watercolor style",
              "in watercolor style, transparent washes, soft bleeding edges, grain of the paper"));

  /** What is added to the prompt, or nothing. */
  static String addition(@Nullable String style, double intensity) {
    if (style == null || intensity == 0) {
      return "";
    }
    var template = TEMPLATES.get(style.strip().toLowerCase(Locale.ROOT));
    if (template == null) {
      return " in " + style.strip() + " style";
    }
    return " " + (intensity < FULL_FROM ? template.light() : template.full());
  }
}
