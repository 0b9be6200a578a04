package dev.darkroom.simulator.drawing;

import java.awt.Color;
import java.util.List;

/** The colours of one hour of the day. {@code stars} says whether they can be seen. */
record Palette(
    Color zenith, Color sky, Color horizon, Color light, Color far, Color near, boolean stars) {
  static final List<Palette> ALL =
      List.of(
          of(0x1b2a5c, 0xd9668a, 0xffc38a, 0xfff1d0, 0xb9608c, 0x1d1535, false), // dusk
          of(0x3f7fc4, 0x9fd0ea, 0xfdf0d2, 0xfffdf2, 0x8db4cc, 0x14373f, false), // clear morning
          of(0x050b24, 0x14306b, 0x4d7fb0, 0xf4f6ff, 0x2f5585, 0x050a1a, true), // moonlight
          of(0x3b1a4f, 0xc23b5a, 0xff9a4d, 0xffe7a8, 0x9b2f57, 0x1c0a1f, false), // embers
          of(0x0a1f2e, 0x136f6a, 0x8fe3b0, 0xf0ffe9, 0x1e6f70, 0x04141c, true), // northern lights
          of(0x6b86a8, 0xc4cfdd, 0xf6e9e4, 0xffffff, 0xa3b2c6, 0x2c3b50, false), // mist
          of(0x23356b, 0x7b6fc0, 0xf7b7cf, 0xfff3ee, 0x7f74b5, 0x171737, false), // heather
          of(0xd98244, 0xf3bd6b, 0xfdeab5, 0xfffbe6, 0xd0854f, 0x46200f, false), // desert noon
          of(0x12123a, 0x5b2a86, 0xff6f91, 0xffd6c9, 0x6a2c78, 0x0c0820, true)); // neon night

  private static Palette of(
      int zenith, int sky, int horizon, int light, int far, int near, boolean stars) {
    return new Palette(
        new Color(zenith),
        new Color(sky),
        new Color(horizon),
        new Color(light),
        new Color(far),
        new Color(near),
        stars);
  }

  /** A land's colour at a nearness of 0 (the horizon) to 1 (at one's feet). */
  Color land(double nearness) {
    return mix(far, near, nearness);
  }

  static Color mix(Color from, Color to, double share) {
    return new Color(
        blend(from.getRed(), to.getRed(), share),
        blend(from.getGreen(), to.getGreen(), share),
        blend(from.getBlue(), to.getBlue(), share));
  }

  static Color clear(Color colour, double opacity) {
    return new Color(
        colour.getRed(), colour.getGreen(), colour.getBlue(), (int) Math.round(opacity * 255));
  }

  private static int blend(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * Math.clamp(share, 0, 1));
  }
}
