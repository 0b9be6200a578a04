package dev.darkroom.simulator.drawing;

import static dev.darkroom.simulator.drawing.Palette.clear;
import static dev.darkroom.simulator.drawing.Palette.mix;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.RadialGradientPaint;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.random.RandomGenerator;

/**
 * Mountains under a sun or moon; the dice choose the hour, the light's place, the number of ridges
 * and their shape.
 */
final class Landscape {
  private final Graphics2D canvas;
  private final double width;
  private final double height;
  private final RandomGenerator dice;
  private final Palette palette;
  private final double horizon;
  private final Point2D light;

  Landscape(Graphics2D canvas, double width, double height, RandomGenerator dice) {
    this.canvas = canvas;
    this.width = width;
    this.height = height;
    this.dice = dice;
    this.palette = Palette.ALL.get(dice.nextInt(Palette.ALL.size()));
    this.horizon = dice.nextDouble(0.46, 0.6);
    this.light =
        new Point2D.Double(
            dice.nextDouble(0.18, 0.82) * width, dice.nextDouble(0.16, horizon - 0.06) * height);
  }

  void draw() {
    sky();
    if (palette.stars()) {
      stars();
    }
    sunOrMoon();
    clouds();
    ridges();
  }

  private void sky() {
    float[] stops = {0f, (float) (horizon * 0.55), (float) horizon, 1f};
    Color[] colours = {palette.zenith(), palette.sky(), palette.horizon(), palette.horizon()};
    canvas.setPaint(new LinearGradientPaint(0, 0, 0, (float) height, stops, colours));
    canvas.fill(new Rectangle2D.Double(0, 0, width, height));
  }

  private void stars() {
    for (int star = 0; star < 140; star++) {
      double y = dice.nextDouble() * dice.nextDouble();
      double size = unit() * dice.nextDouble(0.001, 0.0036);
      canvas.setPaint(clear(palette.light(), (1 - y) * dice.nextDouble(0.25, 1)));
      canvas.fill(disc(dice.nextDouble() * width, y * horizon * height, size));
    }
  }

  private void sunOrMoon() {
    double radius = unit() * dice.nextDouble(0.045, 0.1);
    glow(radius * 5.5, 0.55);
    glow(radius * 2.2, 0.5);
    canvas.setPaint(palette.light());
    canvas.fill(disc(light.getX(), light.getY(), radius));
  }

  private void glow(double radius, double opacity) {
    Color[] colours = {
      clear(palette.light(), opacity),
      clear(palette.light(), opacity * 0.3),
      clear(palette.light(), 0)
    };
    canvas.setPaint(
        new RadialGradientPaint(light, (float) radius, new float[] {0f, 0.4f, 1f}, colours));
    canvas.fill(disc(light.getX(), light.getY(), radius));
  }

  /** Long lenses, lit from below: each is a few flat ellipses side by side. */
  private void clouds() {
    int clouds = dice.nextInt(2, 7);
    for (int cloud = 0; cloud < clouds; cloud++) {
      double x = dice.nextDouble() * width;
      double y = dice.nextDouble(0.08, horizon) * height;
      double length = dice.nextDouble(0.12, 0.34) * width;
      canvas.setPaint(
          clear(
              mix(palette.horizon(), palette.light(), dice.nextDouble()),
              dice.nextDouble(0.1, 0.28)));
      for (int puff = 0; puff < 4; puff++) {
        double part = length * dice.nextDouble(0.5, 1);
        double thick = height * dice.nextDouble(0.005, 0.018);
        double shift = (dice.nextDouble() - 0.5) * length * 0.7;
        canvas.fill(
            new Ellipse2D.Double(
                x + shift - part / 2, y + (puff - 2) * height * 0.007, part, thick));
      }
    }
  }

  private void ridges() {
    int ridges = dice.nextInt(4, 7);
    double roughness = dice.nextDouble(0.4, 0.56);
    double relief = dice.nextDouble(0.05, 0.12);
    for (int index = 0; index < ridges; index++) {
      double nearness = index / (ridges - 1.0);
      double level = horizon + (0.9 - horizon) * nearness * (0.55 + 0.45 * nearness);
      var ridge = Ridge.around(level, relief * (1 - 0.35 * nearness), roughness, dice);
      fill(ridge, nearness);
      if (nearness > 0.6) {
        forest(ridge, nearness);
      }
    }
  }

  /** Every ridge fades into mist towards its foot, so that the next one stands out from it. */
  private void fill(Ridge ridge, double nearness) {
    var land = palette.land(nearness);
    var foot = mix(land, palette.horizon(), 0.42 * (1 - nearness));
    var skyline = new Path2D.Double();
    skyline.moveTo(0, height);
    for (int x = 0; x <= 256; x++) {
      skyline.lineTo(x / 256.0 * width, ridge.at(x / 256.0) * height);
    }
    skyline.lineTo(width, height);
    float top = (float) (ridge.top() * height);
    float bottom = (float) (top + height * 0.36);
    canvas.setPaint(
        new LinearGradientPaint(0, top, 0, bottom, new float[] {0f, 1f}, new Color[] {land, foot}));
    canvas.fill(skyline);
  }

  /** Conifers along the skyline, standing in groups. */
  private void forest(Ridge ridge, double nearness) {
    var trees = new Path2D.Double(Path2D.WIND_NON_ZERO);
    double x = -dice.nextDouble() * 0.1;
    while (x < 1) {
      boolean gap = dice.nextDouble() < 0.12;
      x += gap ? dice.nextDouble(0.03, 0.12) : dice.nextDouble(0.006, 0.02);
      double tall = unit() * dice.nextDouble(0.025, 0.075) * nearness;
      tree(trees, x * width, (ridge.at(x) + 0.006) * height, tall);
    }
    canvas.setPaint(palette.land(nearness));
    canvas.fill(trees);
  }

  private static void tree(Path2D trees, double x, double foot, double tall) {
    for (int tier = 0; tier < 3; tier++) {
      double half = tall * (0.24 - 0.06 * tier);
      double base = foot - tall * 0.28 * tier;
      trees.moveTo(x - half, base);
      trees.lineTo(x, base - tall * 0.45);
      trees.lineTo(x + half, base);
      trees.closePath();
    }
  }

  private double unit() {
    return Math.min(width, height);
  }

  private static Ellipse2D disc(double x, double y, double radius) {
    return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
  }
}
