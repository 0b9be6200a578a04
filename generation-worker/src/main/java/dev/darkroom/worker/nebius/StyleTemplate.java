package dev.darkroom.worker.nebius;

import dev.darkroom.model.StyleNames;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The styles that are more than their name: the five of the service that Darkroom replaces, and the
 * names that Stability AI's presets made known, in our own words.
 */
enum StyleTemplate {
  REALISTIC(
      "photographed in natural light, true colours, fine detail, sharp focus",
      "drawing, painting, plastic skin, oversaturated"),
  CARTOON(
      "bold outlines, flat bright colours, simple expressive shapes",
      "photograph, fine texture, dull colours"),
  ABSTRACT(
      "reduced to form and colour, geometric shapes, strong composition",
      "photograph, recognizable detail"),
  SKETCH(
      "drawn by hand in pencil on paper, hatching, visible strokes, no colour",
      "photograph, colour, smooth shading"),
  WATERCOLOR(
      "transparent washes, soft bleeding edges, grain of the paper",
      "photograph, hard outlines, opaque paint"),
  MODEL_3D(
      "3d-model",
      "computer-rendered solid, clean geometry, studio light, soft shadows",
      "flat drawing, brush strokes, grain"),
  ANALOG_FILM(
      "taken on 35 mm film, soft grain, faded colours, gentle light leaks",
      "digital sharpness, drawing, rendering"),
  ANIME(
      "clean line art, large expressive eyes, cel shading, vivid sky",
      "photograph, realistic proportions, muddy colours"),
  CINEMATIC(
      "a still from a film, dramatic light, shallow depth of field, wide frame",
      "flat light, snapshot, drawing"),
  COMIC_BOOK(
      "inked outlines, halftone dots, strong contrast, dynamic pose",
      "photograph, soft edges, pale colours"),
  DIGITAL_ART(
      "painted on a screen, smooth gradients, glowing accents, rich detail",
      "photograph, paper texture, blur"),
  ENHANCE(
      "crisp detail, balanced exposure, clear colours, fine texture",
      "blur, noise, washed-out colours, artefacts"),
  FANTASY_ART(
      "a painted tale, mythical mood, ornate detail, light from beyond",
      "modern objects, photograph, plain background"),
  ISOMETRIC(
      "seen from above at an equal angle, no vanishing point, tidy small world",
      "perspective, horizon, photograph"),
  LINE_ART(
      "only lines, even weight, white ground, nothing filled",
      "shading, colour, texture, photograph"),
  LOW_POLY(
      "built of few flat facets, hard edges, plain colours", "fine detail, round surfaces, noise"),
  MODELING_COMPOUND(
      "kneaded from modelling clay, finger marks, rounded forms, tabletop light",
      "drawing, sharp edges, metal"),
  NEON_PUNK(
      "a city at night, neon signs, wet streets, magenta and cyan glow",
      "daylight, pastel colours, countryside"),
  ORIGAMI(
      "folded from one sheet of paper, sharp creases, plain background",
      "cut edges, glossy surface, drawing"),
  PHOTOGRAPHIC(
      "taken with a good lens, true light, fine focus, natural skin",
      "drawing, painting, rendering, distorted anatomy"),
  PIXEL_ART(
      "few large pixels, limited palette, no smoothing, like an early video game",
      "photograph, gradients, blur"),
  TILE_TEXTURE(
      "a seamless pattern that repeats on all sides, even light, seen from straight above",
      "single object, border, perspective");

  private static final double FULL_FROM = 0.5;

  private static final Map<String, StyleTemplate> BY_NAME =
      Stream.of(values())
          .collect(Collectors.toUnmodifiableMap(style -> style.word, style -> style));

  private final String word;
  private final String description;
  private final String unwanted;

  StyleTemplate(String description, String unwanted) {
    this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.description = description;
    this.unwanted = unwanted;
  }

  StyleTemplate(String word, String description, String unwanted) {
    this.word = word;
    this.description = description;
    this.unwanted = unwanted;
  }

  /**
   * What a style adds.
   *
   * @param prompt appended to the prompt
   * @param negative what should not be seen, or nothing
   */
  record Addition(String prompt, String negative) {
    private static final Addition NOTHING = new Addition("", "");
  }

  /**
   * Nothing at intensity 0, only its name below one half, its whole template from there on. A style
   * without a template is used by its name.
   */
  static Addition of(@Nullable String style, double intensity) {
    if (style == null || intensity == 0) {
      return Addition.NOTHING;
    }
    var name = StyleNames.canonical(style);
    var template = BY_NAME.get(name);
    if (template == null) {
      return new Addition(byName(name), "");
    }
    return intensity < FULL_FROM
        ? new Addition(byName(template.word), "")
        : new Addition(byName(template.word) + ", " + template.description, template.unwanted);
  }

  private static String byName(String style) {
    return " in " + style + " style";
  }
}
