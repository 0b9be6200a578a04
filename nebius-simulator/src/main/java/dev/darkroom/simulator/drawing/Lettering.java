package dev.darkroom.simulator.drawing;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * Letters as outlines. AWT's own text needs fontconfig, which a machine with just a JDK lacks, and
 * looks different wherever other fonts are installed; the typeface inside PDFBox's jar is the same
 * everywhere.
 */
final class Lettering {
  private static final String TYPEFACE =
      "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
  private static final Lettering SHARED = new Lettering();

  private final TrueTypeFont font;
  private final CmapLookup characters;
  private final double unitsPerEm;
  private final Map<Integer, Glyph> glyphs = new ConcurrentHashMap<>();

  private Lettering() {
    try (var typeface = TTFParser.class.getResourceAsStream(TYPEFACE)) {
      if (typeface == null) {
        throw new FileNotFoundException(TYPEFACE + " is missing from the class path");
      }
      font = new TTFParser().parse(new RandomAccessReadBuffer(typeface));
      characters = font.getUnicodeCmapLookup();
      unitsPerEm = font.getUnitsPerEm();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Lettering shared() {
    return SHARED;
  }

  /** The width of {@code text} in pixels at {@code size} pixels per em. */
  double width(String text, double size) {
    return text.codePoints().mapToDouble(letter -> glyph(letter).advance()).sum() * size;
  }

  /** The outline of {@code text}, its baseline starting at (x, y). */
  Shape outline(String text, double x, double y, double size) {
    var line = new Path2D.Double(Path2D.WIND_NON_ZERO);
    double pen = x;
    for (int letter : text.codePoints().toArray()) {
      var glyph = glyph(letter);
      var place = new AffineTransform(size, 0, 0, -size, pen, y);
      line.append(glyph.outline().getPathIterator(place), false);
      pen += glyph.advance() * size;
    }
    return line;
  }

  private Glyph glyph(int letter) {
    return glyphs.computeIfAbsent(letter, this::read);
  }

  /**
   * A letter the typeface lacks has glyph 0, a box. Synchronized: the font reads from one shared
   * stream.
   */
  private synchronized Glyph read(int letter) {
    try {
      int id =
          Character.isWhitespace(letter)
              ? characters.getGlyphId(' ')
              : characters.getGlyphId(letter);
      var outline = new Path2D.Double(Path2D.WIND_NON_ZERO);
      var data = font.getGlyph().getGlyph(id);
      if (data != null) {
        outline.append(
            data.getPath()
                .getPathIterator(AffineTransform.getScaleInstance(1 / unitsPerEm, 1 / unitsPerEm)),
            false);
      }
      return new Glyph(outline, font.getAdvanceWidth(id) / unitsPerEm);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In units of one em, y upwards. */
  private record Glyph(Shape outline, double advance) {}
}
