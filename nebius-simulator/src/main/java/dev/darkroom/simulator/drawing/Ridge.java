package dev.darkroom.simulator.drawing;

import java.util.random.RandomGenerator;

/**
 * A mountain's skyline in a unit square (y downwards), made by displacing midpoints: each halving
 * adds smaller bumps.
 */
final class Ridge {
  private static final int POINTS = 256;

  private final double[] heights;

  private Ridge(double[] heights) {
    this.heights = heights;
  }

  /**
   * A skyline around {@code level}; {@code roughness} is how much of a bump its halves keep: 0.4
   * dunes, 0.6 crags.
   */
  static Ridge around(double level, double relief, double roughness, RandomGenerator dice) {
    var heights = new double[POINTS + 1];
    heights[0] = level + relief * dice.nextDouble(-1, 1);
    heights[POINTS] = level + relief * dice.nextDouble(-1, 1);
    double bump = relief;
    for (int stride = POINTS; stride > 1; stride /= 2) {
      for (int left = 0; left < POINTS; left += stride) {
        double middle = (heights[left] + heights[left + stride]) / 2;
        heights[left + stride / 2] = middle + bump * dice.nextDouble(-1, 1);
      }
      bump *= roughness;
    }
    return new Ridge(heights);
  }

  double at(double x) {
    double position = Math.clamp(x, 0, 1) * POINTS;
    int left = Math.min((int) position, POINTS - 1);
    return heights[left] + (heights[left + 1] - heights[left]) * (position - left);
  }

  double top() {
    double top = 1;
    for (double height : heights) {
      top = Math.min(top, height);
    }
    return top;
  }
}
