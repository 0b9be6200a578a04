package dev.darkroom.simulator.drawing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/**
 * Draws a {@link Sketch}: a landscape with the prompt, and a line saying seed and size, written on
 * it.
 */
public final class Drawing {
  private static final double CAPTION_SHARE = 0.34;

  private final Sketch sketch;
  private final Graphics2D canvas;
  private final Lettering letters = Lettering.shared();
  private final double margin;

  private Drawing(Sketch sketch, Graphics2D canvas) {
    this.sketch = sketch;
    this.canvas = canvas;
    this.margin = Math.max(3, 0.055 * shortSide(sketch));
  }

  /** The drawn picture, opaque, of the sketch's size. */
  public static BufferedImage of(Sketch sketch) {
    var picture = new BufferedImage(sketch.width(), sketch.height(), BufferedImage.TYPE_INT_RGB);
    var canvas = picture.createGraphics();
    try {
      canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      canvas.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      new Landscape(canvas, sketch.width(), sketch.height(), sketch.dice()).draw();
      new Drawing(sketch, canvas).write();
    } finally {
      canvas.dispose();
    }
    return picture;
  }

  private void write() {
    double width = sketch.width() - 2 * margin;
    double smallSize = smallSize(width);
    double room = CAPTION_SHARE * sketch.height() - smallSize * 2;
    double unit = shortSide(sketch);
    var prompt =
        Wrapped.fit(
            sketch.prompt(),
            width,
            room,
            Math.max(8, 0.075 * unit),
            Math.max(6.5, 0.03 * unit),
            letters);
    double baseline = sketch.height() - margin;
    double first =
        baseline - smallSize * 1.7 - (prompt.lines().size() - 1) * prompt.size() * Wrapped.LEADING;
    shade(first - prompt.size() * 2.6);
    canvas.setPaint(new Color(255, 255, 255, 180));
    canvas.fill(letters.outline(small(), margin, baseline, smallSize));
    canvas.setPaint(Color.WHITE);
    for (int line = 0; line < prompt.lines().size(); line++) {
      double y = first + line * prompt.size() * Wrapped.LEADING;
      canvas.fill(letters.outline(prompt.lines().get(line), margin, y, prompt.size()));
    }
  }

  private String small() {
    return "seed %d · %d × %d · %d steps"
        .formatted(sketch.seed(), sketch.width(), sketch.height(), sketch.steps());
  }

  private double smallSize(double width) {
    double wanted = Math.max(7, 0.027 * shortSide(sketch));
    return Math.min(wanted, wanted * width / letters.width(small(), wanted));
  }

  /** Darkens the picture towards its foot, so that white letters can be read on any palette. */
  private void shade(double from) {
    float top = (float) Math.max(0, from);
    float[] stops = {0f, 0.45f, 1f};
    Color[] colours = {new Color(0, 0, 0, 0), new Color(0, 0, 0, 110), new Color(0, 0, 0, 185)};
    canvas.setPaint(new LinearGradientPaint(0, top, 0, sketch.height(), stops, colours));
    canvas.fill(new Rectangle2D.Double(0, top, sketch.width(), sketch.height() - top));
  }

  private static double shortSide(Sketch sketch) {
    return Math.min(sketch.width(), sketch.height());
  }
}
