package dev.darkroom.gateway.submit.call;

import dev.darkroom.model.StyleNames;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The styles that add more than their name: the five of the service that Darkroom replaces, and the
 * names of Stability AI's presets, in our own words.
 */
final class StyleTemplates {
  /** Name, what to add to the prompt, and what to avoid. */
  static final String TABLE =
      """
      realistic | photographed in natural light, true colours, fine detail, sharp focus | drawing, painting, plastic skin, oversaturated
      cartoon | bold outlines, flat bright colours, simple expressive shapes | photograph, fine texture, dull colours
      abstract | reduced to form and colour, geometric shapes, strong composition | photograph, recognizable detail
      sketch | drawn by hand in pencil on paper, hatching, visible strokes, no colour | photograph, colour, smooth shading
      watercolor | transparent washes, soft bleeding edges, grain of the paper | photograph, hard outlines, opaque paint
      3d-model | computer-rendered solid, clean geometry, studio light, soft shadows | flat drawing, brush strokes, grain
      analog-film | taken on 35 mm film, soft grain, faded colours, gentle light leaks | digital sharpness, drawing, rendering
      anime | clean line art, large expressive eyes, cel shading, vivid sky | photograph, realistic proportions, muddy colours
      cinematic | a still from a film, dramatic light, shallow depth of field, wide frame | flat light, snapshot, drawing
      comic-book | inked outlines, halftone dots, strong contrast, dynamic pose | photograph, soft edges, pale colours
      digital-art | painted on a screen, smooth gradients, glowing accents, rich detail | photograph, paper texture, blur
      enhance | crisp detail, balanced exposure, clear colours, fine texture | blur, noise, washed-out colours, artefacts
      fantasy-art | a painted tale, mythical mood, ornate detail, light from beyond | modern objects, photograph, plain background
      isometric | seen from above at an equal angle, no vanishing point, tidy small world | perspective, horizon, photograph
      line-art | only lines, even weight, white ground, nothing filled | shading, colour, texture, photograph
      low-poly | built of few flat facets, hard edges, plain colours | fine detail, round surfaces, noise
      modeling-compound | kneaded from modelling clay, finger marks, rounded forms, tabletop light | drawing, sharp edges, metal
      neon-punk | a city at night, neon signs, wet streets, magenta and cyan glow | daylight, pastel colours, countryside
      origami | folded from one sheet of paper, sharp creases, plain background | cut edges, glossy surface, drawing
      photographic | taken with a good lens, true light, fine focus, natural skin | drawing, painting, rendering, distorted anatomy
      pixel-art | few large pixels, limited palette, no smoothing, like an early video game | photograph, gradients, blur
      tile-texture | a seamless pattern that repeats on all sides, even light, seen from straight above | single object, border, perspective
      """;

  private static final double FULL_FROM = 0.5;

  private static final Map<String, List<String>> BY_NAME =
      TABLE
          .lines()
          .map(line -> List.of(line.split(" \\| ")))
          .collect(Collectors.toUnmodifiableMap(List::getFirst, row -> row));

  private StyleTemplates() {}

  /**
   * What a style adds to a request.
   *
   * @param negative may be empty
   */
  record StyleAddition(String prompt, String negative) {}

  /**
   * Nothing at intensity 0, only its name below one half, its whole template from there on. A style
   * without a template is used by its name.
   */
  static StyleAddition of(@Nullable String style, double intensity) {
    if (style == null || intensity == 0) {
      return new StyleAddition("", "");
    }
    var name = StyleNames.canonical(style);
    var byName = " in " + name + " style";
    var row = BY_NAME.get(name);
    return row == null || intensity < FULL_FROM
        ? new StyleAddition(byName, "")
        : new StyleAddition(byName + ", " + row.get(1), row.get(2));
  }
}
